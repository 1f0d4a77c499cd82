#include "ledger/bank_account.hpp"

#include "ledger/contract.hpp"

namespace meguri::ledger {
namespace {

constexpr char32_t wo = 0xFF66;          // ｦ
constexpr char32_t first_small = 0xFF67; // ｧ
constexpr char32_t last_small = 0xFF6F;  // ｯ
constexpr char32_t long_mark = 0xFF70;   // ｰ
constexpr char32_t first_large = 0xFF71; // ｱ
constexpr char32_t last_large = 0xFF9D;  // ﾝ
constexpr char32_t voiced = 0xFF9E;
constexpr char32_t semi_voiced = 0xFF9F;

// The three bytes of a half-width kana; nullopt where there is none.
std::optional<char32_t> kana_at(std::string_view text) noexcept {
    if (text.size() < 3) return std::nullopt;
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if ((byte(0) & 0xF0) != 0xE0 || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return std::nullopt;
    return static_cast<char32_t>((byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F));
}

// ｳ, and the rows of ｶ, ｻ, ﾀ and ﾊ.
bool may_be_voiced(char32_t kana) noexcept {
    return kana == 0xFF73 || (kana >= 0xFF76 && kana <= 0xFF84) || (kana >= 0xFF8A && kana <= 0xFF8E);
}
bool may_be_semi_voiced(char32_t kana) noexcept { return kana >= 0xFF8A && kana <= 0xFF8E; }

bool is_plain(char one) noexcept {
    return (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == ' ' || one == '(' || one == ')' ||
           one == '-' || one == '.';
}

} // namespace

bool bank_account::is_same_as(const bank_account& other) const noexcept {
    return bank == other.bank && branch == other.branch && type == other.type && number == other.number &&
           holder == other.holder;
}

std::optional<std::uint32_t> parse_digits(std::string_view text, std::size_t count) noexcept {
    EXPECTS(count <= 9);
    if (text.size() != count) return std::nullopt;
    std::uint32_t number = 0;
    for (const char one : text) {
        if (one < '0' || one > '9') return std::nullopt;
        number = number * 10 + static_cast<std::uint32_t>(one - '0');
    }
    return number;
}

std::string digits_of(std::uint32_t number, std::size_t count) {
    std::string text(count, '0');
    for (std::size_t i = count; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
    EXPECTS(number == 0);
    return text;
}

const char* wrong_in_zengin_name(std::string_view text) noexcept {
    if (text.empty()) return "must not be empty";
    if (text.front() == ' ' || text.back() == ' ') return "must not begin or end with a space";
    std::size_t characters = 0;
    char32_t before = 0; // the kana right before; 0: none
    while (!text.empty()) {
        if (++characters > account_holder_max) return "must be 30 characters at most, voiced marks counted";
        if (is_plain(text.front())) {
            before = 0;
            text.remove_prefix(1);
            continue;
        }
        const auto kana = kana_at(text);
        if (!kana) return "must be half-width kana, A-Z, 0-9, space, ( ) - or full stop";
        if (*kana == wo) return "must not have ｦ: write ｵ";
        if (*kana >= first_small && *kana <= last_small) return "must not have small kana: write the large ones";
        if (*kana == long_mark) return "must not have ｰ: write -";
        const bool is_mark = *kana == voiced || *kana == semi_voiced;
        if (!is_mark && (*kana < first_large || *kana > last_large))
            return "must be half-width kana, A-Z, 0-9, space, ( ) - or full stop";
        if ((*kana == voiced && !may_be_voiced(before)) || (*kana == semi_voiced && !may_be_semi_voiced(before)))
            return "must have a voiced mark only behind a kana that has one";
        before = is_mark ? 0 : *kana;
        text.remove_prefix(3);
    }
    return nullptr;
}

} // namespace meguri::ledger
