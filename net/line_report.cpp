#include "net/line_report.hpp"

#include "net/csv_writer.hpp"

namespace meguri::net {

line_report::line_report(bool as_csv) : is_csv_{as_csv} {
    if (!is_csv_) return;
    csv_writer csv{text_};
    for (const std::string_view name : {"line", "column", "code", "message", "message_ja"}) csv.text(name);
    csv.end_row();
}

void line_report::add(const ledger::faulty_line& one) {
    add(one.line, name_of(one.column), name_of(one.fault), words_of(one.fault));
}

void line_report::add(const ledger::left_out_row& one) {
    const bool of_occasion = one.why == ledger::left_out_reason::already_granted;
    add(one.line, of_occasion ? "occasion" : "", name_of(one.why), words_of(one.why));
}

void line_report::add(std::uint32_t line, std::string_view column, std::string_view code, const words& said) {
    ++count_;
    if (is_csv_) {
        csv_writer csv{text_, csv_writer::begins::later};
        csv.number(line).text(column).text(code).text(said.message).text(said.message_ja);
        csv.end_row();
        return;
    }
    if (!text_.empty()) text_.push_back(',');
    json_writer json{text_};
    json.begin_object();
    json.number("line", line);
    column.empty() ? json.null("column") : json.plain("column", column);
    json.plain("code", code);
    json.text("message", said.message);
    json.text("message_ja", said.message_ja);
    json.end_object();
}

line_report::words line_report::words_of(ledger::line_fault fault) noexcept {
    using ledger::line_fault;
    switch (fault) {
    case line_fault::file_empty: return {"The file has no line of a recipient.", "対象者の行がありません。"};
    case line_fault::too_many_lines:
        return {"The file has more than 10,000 lines.", "1ファイルの上限（10,000行）を超えています。"};
    case line_fault::column_unknown:
        return {"The first line names a column that this file does not have.", "1行目に不明な列名があります。"};
    case line_fault::column_missing: return {"The column is missing.", "必要な列がありません。"};
    case line_fault::column_repeated: return {"The column is there twice.", "同じ列名が2回あります。"};
    case line_fault::cells_miscounted:
        return {"The line has more or fewer cells than the first line.", "列の数が1行目と一致しません。"};
    case line_fault::quote_unbalanced:
        return {"A quotation mark is not closed, or text follows it.", "引用符（\"）の対応が正しくありません。"};
    case line_fault::not_utf8:
        return {"The text is not UTF-8.", "文字コードがUTF-8ではありません。「CSV UTF-8」形式で保存してください。"};
    case line_fault::value_missing: return {"The value is missing.", "値がありません。"};
    case line_fault::value_too_long: return {"The value is too long.", "値が長すぎます。"};
    case line_fault::value_invalid: return {"The value is not one that this column takes.", "値が正しくありません。"};
    case line_fault::wallet_unknown: return {"There is no such wallet.", "そのポイント口座は存在しません。"};
    case line_fault::mykey_id_unknown:
        return {"The MyKey ID is nobody's, or not any more.", "そのマイキーIDは使われていません。"};
    case line_fault::wallet_frozen: return {"The wallet is frozen.", "そのポイント口座は利用停止中です。"};
    case line_fault::amount_not_allowed:
        return {"The campaign does not grant that many points at once.",
                "この事業で一度に付与できるポイント数ではありません。"};
    case line_fault::line_repeated:
        return {"Another line has the same person or wallet, and the same occasion if any.",
                "同じ対象者（または同じ口座・同じ機会）の行がほかにもあります。"};
    case line_fault::not_granted:
        return {"The campaign granted the wallet nothing for this occasion.",
                "この機会にこの口座へ付与された記録がありません。"};
    case line_fault::person_required:
        return {"The campaign is for persons, and the wallet has no active MyKey ID.",
                "マイキーIDのない口座には付与できません。"};
    case line_fault::already_granted:
        return {"The wallet was granted points for this occasion already.",
                "この機会のポイントはすでに付与されています。"};
    }
    return {};
}

line_report::words line_report::words_of(ledger::left_out_reason why) noexcept {
    using ledger::left_out_reason;
    switch (why) {
    case left_out_reason::wallet_frozen: return words_of(ledger::line_fault::wallet_frozen);
    case left_out_reason::wallet_unknown: return words_of(ledger::line_fault::wallet_unknown);
    case left_out_reason::already_granted: return words_of(ledger::line_fault::already_granted);
    case left_out_reason::balance_too_large:
        return {"The wallet's balance would become too large.", "残高の上限を超えるため付与できません。"};
    case left_out_reason::person_required: return words_of(ledger::line_fault::person_required);
    case left_out_reason::nothing_unspent:
        return {"Nothing of the grant was unspent.", "付与されたポイントは使用済みか失効済みです。"};
    case left_out_reason::expired: return {"The points would have expired before today.", "有効期限が本日より前です。"};
    }
    return {};
}

} // namespace meguri::net
