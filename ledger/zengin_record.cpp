#include "ledger/zengin_record.hpp"

#include "ledger/contract.hpp"

namespace meguri::ledger {
namespace {

// Of a character of a zengin name: ASCII, or half-width kana (U+FF61 to U+FF9F) in three bytes of UTF-8.
char jis_byte_of(std::string_view& utf8) {
    const auto byte = [&utf8](std::size_t at) { return static_cast<unsigned char>(utf8[at]); };
    if (byte(0) < 0x80) {
        const char plain = utf8.front();
        utf8.remove_prefix(1);
        return plain;
    }
    EXPECTS(utf8.size() >= 3 && byte(0) == 0xEF);
    const unsigned code = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    EXPECTS(code >= 0xFF61 && code <= 0xFF9F);
    utf8.remove_prefix(3);
    return static_cast<char>(code - 0xFF61 + 0xA1);
}

} // namespace

zengin_record_writer& zengin_record_writer::number(std::uint64_t value, std::size_t width) {
    std::string digits(width, '0');
    for (std::size_t i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
    EXPECTS(value == 0);
    bytes_ += digits;
    return *this;
}

zengin_record_writer& zengin_record_writer::text(std::string_view utf8, std::size_t width) {
    const auto begun = bytes_.size();
    while (!utf8.empty()) bytes_.push_back(jis_byte_of(utf8));
    EXPECTS(bytes_.size() <= begun + width);
    bytes_.resize(begun + width, ' ');
    return *this;
}

zengin_record_writer& zengin_record_writer::space(std::size_t width) {
    bytes_.append(width, ' ');
    return *this;
}

const std::string& zengin_record_writer::bytes() const {
    EXPECTS(bytes_.size() == zengin_record_bytes);
    return bytes_;
}

std::string_view zengin_record_reader::take(std::size_t width) {
    EXPECTS(width <= left_.size());
    const auto taken = left_.substr(0, width);
    left_.remove_prefix(width);
    return taken;
}

std::optional<std::uint64_t> zengin_record_reader::number(std::size_t width) {
    EXPECTS(width <= 20);
    std::uint64_t value = 0;
    bool is_number = true;
    for (const char one : take(width)) {
        is_number = is_number && one >= '0' && one <= '9' && value <= (UINT64_MAX - 9) / 10;
        if (is_number) value = value * 10 + static_cast<std::uint64_t>(one - '0');
    }
    return is_number ? std::optional{value} : std::nullopt;
}

void zengin_record_reader::skip(std::size_t width) { static_cast<void>(take(width)); }

} // namespace meguri::ledger
