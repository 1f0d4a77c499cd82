# Run by the build, see embed_text.cmake: writes SOURCE, which gives the bytes of FILE under the name NAME.
file(READ ${FILE} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR bytes "${digits} / 2")
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
file(WRITE ${SOURCE} "// Made by the build from ${FILE}.
#include <string_view>
namespace meguri::net {
std::string_view ${NAME}() noexcept;
std::string_view ${NAME}() noexcept {
    static constexpr unsigned char bytes[] = {
${hex}0};
    return {reinterpret_cast<const char*>(bytes), ${bytes}};
}
} // namespace meguri::net
")
