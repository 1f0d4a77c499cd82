#include "bench/receipt.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>

namespace meguri::bench {
namespace {

constexpr std::size_t width = 42;

// Columns on a till's printer: what UTF-8 writes in three bytes is full-width.
std::size_t columns(std::string_view text) {
    std::size_t sum = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0xe0)
            sum += 2;
        else if (byte < 0x80 || byte >= 0xc0)
            sum += 1;
    }
    return sum;
}

std::string spaces(std::size_t used) { return std::string(used < width ? width - used : 1, ' '); }
std::string line(std::string_view left, std::string_view right) {
    return std::string{left} + spaces(columns(left) + columns(right)) + std::string{right} + '\n';
}
std::string centred(std::string_view text) {
    return std::string((width - std::min(width, columns(text))) / 2, ' ') + std::string{text} + '\n';
}
std::string rule() { return std::string(width, '-') + '\n'; }

std::string with_commas(std::int64_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

std::string_view name_of_program(std::string_view code) {
    return code == "042021" ? "石巻市アイポイント" : "阿蘇市ポイント";
}

std::string_view reason(std::string_view decline_code) {
    static const std::map<std::string_view, std::string_view> words{
        {"program_not_accepted", "このポイントは当店では使えません"},
        {"insufficient_points", "ポイントが不足しています"},
        {"wallet_frozen", "この口座は利用を停止しています"},
        {"credential_unknown", "カードを確認できません"},
    };
    const auto found = words.find(decline_code);
    return found != words.end() ? found->second : decline_code;
}

} // namespace

std::string receipt_of(const demo_till& till, const boost::json::value& answer) {
    const auto& one = answer.as_object();
    const auto text = [&](const char* name) { return std::string_view{one.at(name).as_string()}; };
    const auto amount = one.at("amount").as_int64();
    const bool approved = text("status") == "captured";

    std::string out = rule() + centred(till.shop) + centred(approved ? "ポイントお支払い控え" : "お取り扱いできません");
    out += line(text("created_at"), till.terminal) + rule();
    out += line(till.product, "¥" + with_commas(amount));
    out += line(name_of_program(text("program")), (approved ? "-" : "") + with_commas(amount) + " P");
    if (approved) {
        out += line("ポイント残高", with_commas(one.at("balance").as_int64()) + " P");
        out += line("承認番号", text("approval_number"));
    } else {
        out += line("理由", reason(text("decline_code")));
        out += line("", text("decline_code"));
    }
    return out + centred(approved ? "またのご来店をお待ちしております" : "お支払いは行われていません") + rule();
}

} // namespace meguri::bench
