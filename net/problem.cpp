#include "net/problem.hpp"

#include "ledger/contract.hpp"
#include "net/json_writer.hpp"
#include "net/recipients_csv.hpp"
#include "net/request_id.hpp"

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

using enum problem_code;

constexpr bool lasting = false; // the same request fails again
constexpr bool passing = true;

// Sorted by status. A name never changes its meaning.
constexpr std::array<problem_text, problem_codes> table{{
    {malformed_http, "malformed_http", 400, lasting, 0, "The request is not valid HTTP.",
     "HTTP要求の形式が正しくありません。"},
    {malformed_request, "malformed_request", 400, lasting, 0, "The request's JSON is not what this route takes.",
     "要求の内容の形式が正しくありません。"},
    {invalid_value, "invalid_value", 400, lasting, 0, "A value is not allowed here.",
     "指定できない値が含まれています。"},
    {amount_out_of_range, "amount_out_of_range", 400, lasting, 0, "The amount must be 1 to 100,000,000 points.",
     "ポイント数は1から100,000,000の整数で指定してください。"},
    {invalid_local_gov_code, "invalid_local_gov_code", 400, lasting, 0,
     "The local government code's check digit is wrong.", "全国地方公共団体コードの検査数字が正しくありません。"},
    {invalid_activation_code, "invalid_activation_code", 400, lasting, 0,
     "The activation code is mistyped: it has twelve characters, and the last one follows from the others.",
     "登録コードに誤りがあります。12文字をもう一度ご確認ください。"},
    {invalid_parameter, "invalid_parameter", 400, lasting, 0, "A query parameter is not allowed here.",
     "URLのパラメーターが正しくありません。"},
    {idempotency_key_missing, "idempotency_key_missing", 400, lasting, 0,
     "The Idempotency-Key header is required here.", "Idempotency-Keyヘッダーが必要です。"},
    {idempotency_key_invalid, "idempotency_key_invalid", 400, lasting, 0,
     "The Idempotency-Key must be 1 to 64 visible ASCII characters.",
     "Idempotency-Keyは1〜64文字の半角英数記号で指定してください。"},
    {program_required, "program_required", 400, lasting, 0, "The merchant accepts several programs: name one.",
     "加盟店が複数のポイント事業に参加しているため、ポイント事業の指定が必要です。"},
    {expires_in_the_past, "expires_in_the_past", 400, lasting, 0, "The points would have expired before today.",
     "有効期限が本日より前です。"},
    {expires_too_far, "expires_too_far", 400, lasting, 0, "The expiry lies more than a hundred years ahead.",
     "有効期限が先すぎます。"},
    {effective_in_the_past, "effective_in_the_past", 400, lasting, 0,
     "The account cannot hold from a day that is over.", "適用開始日が本日より前です。"},
    {unauthenticated, "unauthenticated", 401, lasting, 0, "A valid bearer key is required.", "有効なキーが必要です。"},
    {certificate_required, "certificate_required", 401, lasting, 0,
     "This terminal's key is bound to a client certificate, and the connection showed none that is valid.",
     "この端末には有効なクライアント証明書が必要です。"},
    {certificate_mismatch, "certificate_mismatch", 401, lasting, 0,
     "This terminal's key is bound to another client certificate than the connection showed.",
     "クライアント証明書がこの端末のものではありません。"},
    {forbidden, "forbidden", 403, lasting, 0, "This key does not open this.",
     "このキーではこの操作は許可されていません。"},
    {scope_missing, "scope_missing", 403, lasting, 0, "The key lacks a scope for this.",
     "このキーにはこの操作に必要な権限（スコープ）がありません。"},
    {terminal_inactive, "terminal_inactive", 403, lasting, 0,
     "This terminal or shop is out of service: it may only reverse.",
     "この端末・ショップは停止中のため、障害取消のみ可能です。"},
    {second_person_required, "second_person_required", 403, lasting, 0,
     "Another person than the one who proposed it has to decide this.",
     "申請した本人は承認できません。別の担当者が処理してください。"},
    {card_required, "card_required", 403, lasting, 0,
     "Only who showed the card within the last ten minutes may do this: log in by card again.",
     "この操作には、マイナンバーカードでのログイン直後（10分以内）であることが必要です。"},
    {not_found, "not_found", 404, lasting, 0, "There is nothing here.", "指定されたものが見つかりません。"},
    {method_not_allowed, "method_not_allowed", 405, lasting, 0, "This method is not served here.",
     "このメソッドは使用できません。"},
    {request_timeout, "request_timeout", 408, passing, 0, "The request did not arrive in time.",
     "要求の受信が時間内に終わりませんでした。"},
    {program_exists, "program_exists", 409, lasting, 0, "There is a program of this code already.",
     "このコードのポイント事業はすでに登録されています。"},
    {invalid_state, "invalid_state", 409, lasting, 0, "Its present state does not allow this.",
     "現在の状態では、この操作はできません。"},
    {nothing_undecided, "nothing_undecided", 409, lasting, 0, "The wallet has no undecided points.",
     "留保ポイントはありません。"},
    {last_operator_key, "last_operator_key", 409, lasting, 0,
     "No operator would be left with a key that opens everything and does not end.",
     "無期限で全権限を持つ運営者のキーがなくなるため、この操作はできません。"},
    {card_already_bound, "card_already_bound", 409, lasting, 0, "The card is bound to a wallet, or was.",
     "このマイナンバーカードはすでに登録されています。"},
    {campaign_not_open, "campaign_not_open", 409, lasting, 0,
     "The campaign is not approved, is closed, or does not grant on this day.",
     "この事業は現在ポイントを付与できません（未承認・終了・期間外）。"},
    {already_granted, "already_granted", 409, lasting, 0, "The wallet was granted points for this occasion already.",
     "この利用者には、この機会のポイントがすでに付与されています。"},
    {challenge_not_open, "challenge_not_open", 409, lasting, 0,
     "The challenge is not open: it was used, is over, or is for another purpose. Ask for a new one.",
     "認証の有効時間（1分）が過ぎたか、すでに使用されています。もう一度やり直してください。"},
    {conversion_terms_missing, "conversion_terms_missing", 409, lasting, 0,
     "No terms of conversion are in force for the partner.", "この協力企業の交換条件はまだ承認されていません。"},
    {reference_reused, "reference_reused", 409, lasting, 0, "The partner used the reference for something else.",
     "この参照番号は別の内容ですでに使用されています。"},
    {coupon_redeemed, "coupon_redeemed", 409, lasting, 0, "The coupon was redeemed already.",
     "このクーポンはすでに使用されています。"},
    {coupon_blocked, "coupon_blocked", 409, lasting, 0, "The coupon was blocked.",
     "このクーポンは利用を停止されています。"},
    {coupon_expired, "coupon_expired", 409, lasting, 0, "The coupon's last day is over.",
     "このクーポンは有効期限を過ぎています。"},
    {recipients_repeated, "recipients_repeated", 409, lasting, 0,
     "The campaign has accepted a file of just these bytes.", "同じ内容のファイルがすでに受け付けられています。"},
    {purchase_not_offered, "purchase_not_offered", 409, lasting, 0, "The program sells no points, or is frozen.",
     "このポイント事業では現在ポイントを購入できません。"},
    {refund_not_allowed, "refund_not_allowed", 409, lasting, 0,
     "The program makes no exception for this purchase: points that were bought are not paid back.",
     "購入したポイントは、原則として払い戻しできません。"},
    {nothing_unspent, "nothing_unspent", 409, lasting, 0, "Nothing of the purchase is unspent.",
     "この購入分のポイントは、すべて使用済みか失効済みです。"},
    {activation_code_used, "activation_code_used", 409, lasting, 0,
     "The activation code was used or revoked: ask for a new one.",
     "この登録コードは使用済みか取り消されています。新しいコードを受け取ってください。"},
    {activation_code_expired, "activation_code_expired", 409, lasting, 0,
     "The activation code has expired: ask for a new one.",
     "登録コードの有効期限が切れています。新しいコードを受け取ってください。"},
    {application_exists, "application_exists", 409, lasting, 0,
     "There is an application of the same that is open or was approved.",
     "同じ内容の申請がすでに受け付けられているか、承認されています。"},
    {account_unchanged, "account_unchanged", 409, lasting, 0, "This is the account already.",
     "現在の口座と同じ口座です。"},
    {link_not_begun, "link_not_begun", 409, lasting, 0,
     "No link was begun under this state in this session, or its ten minutes are over. Begin again.",
     "この手続きは開始されていないか、有効期限の10分を過ぎています。もう一度最初からやり直してください。"},
    {already_linked, "already_linked", 409, lasting, 0, "An account of the partner is linked to this wallet already.",
     "この協力企業の会員口座は、すでに連携されています。"},
    {account_linked_elsewhere, "account_linked_elsewhere", 409, lasting, 0,
     "The account is linked to somebody else's wallet.", "この会員口座は、別のマイキーIDと連携されています。"},
    {not_linked, "not_linked", 409, lasting, 0, "No account of the partner is linked, or the link has ended.",
     "この協力企業の会員口座は連携されていません。"},
    {mandate_exists, "mandate_exists", 409, lasting, 0,
     "The person has a mandate for this program that is requested or confirmed.",
     "この利用者の口座振替の申込みは、すでに受け付けられています。"},
    {mandate_missing, "mandate_missing", 409, lasting, 0,
     "The person has no confirmed mandate to debit an account for this program.",
     "口座振替の手続きが完了していないため、口座振替では購入できません。"},
    {nothing_to_debit, "nothing_to_debit", 409, lasting, 0, "No debits were asked for on this day, or it is over.",
     "この振替日の口座振替の申込みはないか、振替日を過ぎています。"},
    {collection_account_missing, "collection_account_missing", 409, lasting, 0,
     "The municipality has no account in force to which the bank could pay.", "自治体の入金口座が登録されていません。"},
    {debit_result_differs, "debit_result_differs", 409, lasting, 0, "Another result of this debit was taken in before.",
     "この口座振替には、異なる結果がすでに取り込まれています。"},
    {card_payment_differs, "card_payment_differs", 409, lasting, 0,
     "The gateway told another payment, or another amount, of this purchase.",
     "決済代行会社からの通知の内容が、購入の内容と一致しません。"},
    {person_required, "person_required", 409, lasting, 0,
     "This is for persons: the wallet has no active MyKey ID. One is made at the first log-in by card.",
     "マイキーIDをお持ちの方が対象です。マイナンバーカードでログインするとマイキーIDが作成されます。"},
    {eligibility_missing, "eligibility_missing", 409, lasting, 0, "No list says yet who is eligible.",
     "対象者の名簿がまだ登録されていません。"},
    {not_eligible, "not_eligible", 409, lasting, 0, "The person is not on the list of the eligible.",
     "対象者の名簿に登録されていません。"},
    {event_not_open, "event_not_open", 409, lasting, 0, "The event has not begun, is over or was closed.",
     "このイベントは受付時間外です。"},
    {event_code_over, "event_code_over", 409, lasting, 0, "Another code is shown by now: scan that one.",
     "このQRコードは期限切れです。表示中のQRコードをもう一度読み取ってください。"},
    {nothing_granted, "nothing_granted", 409, lasting, 0, "The campaign has granted nothing that could be taken back.",
     "取り消しの対象となる付与がありません。"},
    {card_still_good, "card_still_good", 409, lasting, 0,
     "A card of the wallet is neither over nor revoked: log in by that one and renew it.",
     "現在のマイナンバーカードの証明書が有効です。そのカードでログインして更新してください。"},
    {body_too_large, "body_too_large", 413, lasting, 0, "The body is larger than the limit.",
     "要求の本文が大きすぎます。"},
    {unsupported_media_type, "unsupported_media_type", 415, lasting, 0, "The body must be application/json.",
     "本文はapplication/jsonで送信してください。"},
    {expectation_failed, "expectation_failed", 417, lasting, 0, "Only Expect: 100-continue is supported.",
     "Expectヘッダーの内容に対応していません。"},
    {idempotency_key_reused, "idempotency_key_reused", 422, lasting, 0,
     "The idempotency key was used with another request.", "同じIdempotency-Keyが別の内容の要求で使用されています。"},
    {program_unknown, "program_unknown", 422, lasting, 0, "There is no such program.",
     "そのポイント事業は存在しません。"},
    {wallet_unknown, "wallet_unknown", 422, lasting, 0, "There is no such wallet.",
     "その利用者のポイント口座は存在しません。"},
    {outlets_exhausted, "outlets_exhausted", 422, lasting, 0, "The merchant has 65,535 terminals and shops already.",
     "登録できる端末・ショップの数の上限に達しています。"},
    {keys_exhausted, "keys_exhausted", 422, lasting, 0, "It has 16 usable keys already: revoke one first.",
     "有効なキーが上限の16個に達しています。先に不要なキーを失効させてください。"},
    {balance_too_large, "balance_too_large", 422, lasting, 0, "The wallet's balance would become too large.",
     "残高の上限を超えるため付与できません。"},
    {amount_exceeds_remaining, "amount_exceeds_remaining", 422, lasting, 0, "The amount is more than is left of it.",
     "指定されたポイント数が、残りのポイント数を超えています。"},
    {not_reversible, "not_reversible", 422, lasting, 0, "This idempotency key is not that of an authorization.",
     "このIdempotency-Keyは支払いのものではないため、障害取消はできません。"},
    {corrections_exhausted, "corrections_exhausted", 422, lasting, 0,
     "The wallet has 16 corrections that wait to be decided.", "未処理の訂正申請が上限の16件に達しています。"},
    {card_not_accepted, "card_not_accepted", 422, lasting, 0,
     "The certificate is not one for user authentication by a known authority, or is revoked, over or not begun.",
     "利用者証明用電子証明書が確認できないか、失効または有効期間外のため、利用できません。"},
    {card_unknown, "card_unknown", 422, lasting, 0, "Nobody is known by this card.",
     "このマイナンバーカードはまだ登録されていません。"},
    {signature_not_accepted, "signature_not_accepted", 422, lasting, 0,
     "The signature is not the card's over this challenge.", "マイナンバーカードの署名を確認できません。"},
    {password_not_accepted, "password_not_accepted", 422, lasting, 0, "The MyKey ID or the password is wrong.",
     "マイキーIDまたはパスワードが正しくありません。"},
    {amount_not_allowed, "amount_not_allowed", 422, lasting, 0, "The campaign does not grant that many points at once.",
     "この事業で一度に付与できるポイント数ではありません。"},
    {budget_exceeded, "budget_exceeded", 422, lasting, 0, "The campaign's budget has not that many points left.",
     "事業の予算残額を超えるため付与できません。"},
    {campaigns_exhausted, "campaigns_exhausted", 422, lasting, 0, "The program has 4,096 campaigns already.",
     "登録できる事業の数の上限に達しています。"},
    {units_below_minimum, "units_below_minimum", 422, lasting, 0, "The units are fewer than the partner's minimum.",
     "交換に必要な最低単位数に達していません。"},
    {units_off_step, "units_off_step", 422, lasting, 0, "The units are not a multiple of the partner's step.",
     "交換単位の倍数で指定してください。"},
    {conversion_limit_reached, "conversion_limit_reached", 422, lasting, 0,
     "The points would pass a limit of this day (JST).", "本日の交換の上限を超えるため交換できません。"},
    {mykey_id_unknown, "mykey_id_unknown", 422, lasting, 0, "The MyKey ID is nobody's.",
     "このマイキーIDは利用できません。"},
    {wallet_unavailable, "wallet_unavailable", 422, lasting, 0, "The wallet takes no points at present.",
     "この利用者には現在ポイントを付与できません。"},
    {coupon_unknown, "coupon_unknown", 422, lasting, 0, "There is no such coupon.",
     "クーポンコードが正しくありません。"},
    {recipients_refused, "recipients_refused", 422, lasting, 0, "Lines of the file are wrong. Nothing was granted.",
     "ファイルに誤りのある行があるため、1件も付与していません。誤りを直して送り直してください。"},
    {recipients_exhausted, "recipients_exhausted", 422, lasting, 0, "The campaign has accepted 500 files already.",
     "この事業で受け付けられるファイルの数の上限に達しています。"},
    {purchase_amount_not_allowed, "purchase_amount_not_allowed", 422, lasting, 0,
     "The program does not sell that many points at once.", "一度に購入できるポイント数の範囲外です。"},
    {purchase_limit_reached, "purchase_limit_reached", 422, lasting, 0,
     "The person would ask for more than the program sells to one person on a day or in a month.",
     "1日または1か月に購入できるポイント数の上限を超えます。"},
    {purchase_unknown, "purchase_unknown", 422, lasting, 0, "There is no such purchase of this program.",
     "その購入申込みは存在しません。"},
    {transfer_differs, "transfer_differs", 422, lasting, 0,
     "A line of that day and number was taken with other content.",
     "同じ日付・番号の入金明細が、異なる内容ですでに取り込まれています。"},
    {activation_code_unknown, "activation_code_unknown", 422, lasting, 0, "There is no such activation code.",
     "この登録コードは存在しません。"},
    {activation_codes_exhausted, "activation_codes_exhausted", 422, lasting, 0,
     "The merchant has 100 activation codes that wait to be used: revoke one first.",
     "未使用の登録コードが上限の100件に達しています。先に不要なコードを取り消してください。"},
    {bank_unknown, "bank_unknown", 422, lasting, 0, "There is no bank of this code.",
     "この金融機関コードの金融機関はありません。"},
    {branch_unknown, "branch_unknown", 422, lasting, 0, "The bank has no branch of this code.",
     "この金融機関に、この支店コードの支店はありません。"},
    {partner_not_linkable, "partner_not_linkable", 422, lasting, 0, "Accounts of this partner cannot be linked.",
     "この協力企業の会員口座は連携できません。"},
    {partner_refused, "partner_refused", 422, lasting, 0, "The partner does not accept the code. Begin again.",
     "協力企業で確認できませんでした。もう一度最初からやり直してください。"},
    {measure_too_small, "measure_too_small", 422, lasting, 0, "By the campaign's rule nothing comes of so little.",
     "付与の基準に達していません。"},
    {event_code_unknown, "event_code_unknown", 422, lasting, 0, "This is no code of an event.",
     "イベントのQRコードではありません。"},
    {events_exhausted, "events_exhausted", 422, lasting, 0, "The campaign has opened 200 events already.",
     "この事業で登録できるイベントの数の上限に達しています。"},
    {clawbacks_exhausted, "clawbacks_exhausted", 422, lasting, 0, "The campaign has 100 claw-backs already.",
     "この事業で行える取り消しの回数の上限に達しています。"},
    {too_many_failures, "too_many_failures", 429, passing, 1,
     "Too many requests without a valid key come from this address.",
     "無効なキーによる要求が多すぎます。しばらくしてからやり直してください。"},
    {password_locked, "password_locked", 429, passing, 900,
     "Too many wrong passwords were tried for this MyKey ID. The card opens everything meanwhile.",
     "パスワードの誤りが続いたため、しばらく利用できません。マイナンバーカードでのログインは利用できます。"},
    {too_many_tries, "too_many_tries", 429, passing, 600, "Too many wrong codes were tried for this wallet.",
     "クーポンコードの誤りが続いたため、しばらく利用できません。"},
    {header_too_large, "header_too_large", 431, lasting, 0, "The header is larger than the limit.",
     "要求のヘッダーが大きすぎます。"},
    {overloaded, "overloaded", 503, passing, 1, "Too much is under way. Nothing was done.",
     "混み合っています。処理は行われていません。しばらくしてからやり直してください。"},
    {not_ready, "not_ready", 503, passing, 5, "The switch does not take requests now. Nothing was done.",
     "ただいま受け付けていません。処理は行われていません。しばらくしてからやり直してください。"},
    {ledger_stopped, "ledger_stopped", 503, passing, 0,
     "The ledger stopped after a failed write, until it is restarted.",
     "台帳への書き込みに失敗したため停止しています。復旧までお待ちください。"},
    {outcome_unknown, "outcome_unknown", 503, passing, 0,
     "The write failed under this request. Repeat it with the same key after the restart, or reverse it.",
     "処理の結果が不明です。復旧後に同じIdempotency-Keyで再送するか、障害取消を行ってください。"},
    {read_failed, "read_failed", 503, passing, 0, "The ledger could not be read. Nothing was done.",
     "台帳の読み取りに失敗しました。処理は行われていません。"},
    {verification_unavailable, "verification_unavailable", 503, passing, 5,
     "Whether the card is revoked cannot be told now. Nothing was done.",
     "ただいまカードの有効性を確認できません。処理は行われていません。しばらくしてからやり直すか、別の方法をご利用くだ"
     "さい。"},
    {bank_table_missing, "bank_table_missing", 503, passing, 0,
     "No table of banks is set, so no account can be checked. Nothing was done.",
     "金融機関の一覧が設定されていないため、口座を確認できません。処理は行われていません。"},
    {partner_unavailable, "partner_unavailable", 503, passing, 30,
     "The partner cannot be reached now. Nothing was done.",
     "ただいま協力企業に接続できません。処理は行われていません。しばらくしてからやり直してください。"},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].code) != i) return false;
    return true;
}
static_assert(is_in_order());

template <class Command>
bool asks_for(const actors::request& asked) noexcept {
    const auto* const command = std::get_if<ledger::command>(&asked);
    return command != nullptr && std::holds_alternative<Command>(*command);
}

// Where a conversion names its wallet; empty for other commands.
const char* where_wallet_is_named(const actors::request& asked) {
    const auto* const command = std::get_if<ledger::command>(&asked);
    if (command == nullptr) return "";
    if (const auto* const one = std::get_if<ledger::convert_points>(command))
        return one->my_key ? "/mykey_id" : "/wallet";
    if (const auto* const one = std::get_if<ledger::redeem_coupon>(command))
        return one->my_key ? "/mykey_id" : "/wallet";
    return "";
}

// Of a file of which some are wrong. The edge made it.
std::shared_ptr<const line_report> report_of(const ledger::command& asked) {
    const auto* const eligible = std::get_if<ledger::accept_eligibility>(&asked);
    const auto* const clawback = std::get_if<ledger::propose_clawback>(&asked);
    const auto& file = eligible != nullptr ? eligible->file
                     : clawback != nullptr ? clawback->file
                                           : std::get<ledger::accept_recipients>(asked).file;
    return dynamic_cast<const recipients_csv&>(*file).report();
}

// Whether the request said for which occasion it wants points: an application and a code do not.
bool names_occasion(const actors::request& asked) noexcept {
    const auto* const command = std::get_if<ledger::command>(&asked);
    const auto* const grant = command != nullptr ? std::get_if<ledger::grant_from_campaign>(command) : nullptr;
    return grant != nullptr && grant->occasion != ledger::benefit_occasion;
}

problem in_body(problem_code code, const char* pointer) { return {code, {}, pointer, {}}; }

} // namespace

const problem_text& text_of(problem_code code) noexcept { return table[static_cast<std::size_t>(code)]; }

std::span<const problem_text> all_problems() noexcept { return table; }

std::optional<problem_code> parse_problem_code(std::string_view name) noexcept {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == name; });
    if (found == table.end()) return std::nullopt;
    return found->code;
}

// NOLINTNEXTLINE(readability-function-size): a table
problem problem_of(ledger::refusal why, const actors::request& asked) {
    const bool grants = asks_for<ledger::grant>(asked) || asks_for<ledger::grant_from_campaign>(asked);
    const bool credits = asks_for<ledger::credit_undecided>(asked);
    const bool proposes = asks_for<ledger::propose_correction>(asked);
    const bool chooses_home = asks_for<ledger::choose_home>(asked);
    const bool transfers = asks_for<ledger::transfer_undecided>(asked);
    const bool approves = asks_for<ledger::decide_correction>(asked);
    const bool joins = asks_for<ledger::join_merchant>(asked) || asks_for<ledger::submit_application>(asked);
    const char* const named = where_wallet_is_named(asked);
    const bool converts = *named != 0;
    const bool issues = asks_for<ledger::issue_coupon>(asked);
    const bool buys = asks_for<ledger::request_purchase>(asked) || asks_for<ledger::request_mandate>(asked) ||
                      asks_for<ledger::order_debits>(asked);
    switch (why) {
    case ledger::refusal::program_exists:
        return asks_for<ledger::decide_application>(asked) ? problem{program_exists} : in_body(program_exists, "/code");
    case ledger::refusal::program_required: return in_body(program_required, "/program");
    case ledger::refusal::program_unknown:
        if (grants || proposes || transfers || issues || converts || buys) return in_body(program_unknown, "/program");
        if (chooses_home) return in_body(program_unknown, "/municipality");
        if (asks_for<ledger::decide_application>(asked)) return {program_unknown};
        return joins ? in_body(program_unknown, "/programs") : problem{not_found};
    case ledger::refusal::wallet_unknown:
        return grants || credits || proposes || converts || buys ? in_body(wallet_unknown, "/wallet")
                                                                 : problem{not_found};
    case ledger::refusal::municipality_unknown:
    case ledger::refusal::merchant_unknown:
    case ledger::refusal::outlet_unknown: return {not_found};
    case ledger::refusal::holder_unknown:
    case ledger::refusal::key_unknown: return {not_found};
    case ledger::refusal::keys_exhausted: return {keys_exhausted};
    case ledger::refusal::last_operator_key: return {last_operator_key};
    case ledger::refusal::outlets_exhausted: return {outlets_exhausted};
    case ledger::refusal::expires_in_the_past:
        return approves ? problem{expires_in_the_past}
                        : in_body(expires_in_the_past, issues ? "/last_day" : "/expires_on");
    case ledger::refusal::expires_too_far: return in_body(expires_too_far, issues ? "/last_day" : "/expires_on");
    case ledger::refusal::balance_too_large: return {balance_too_large};
    case ledger::refusal::forbidden: return {forbidden};
    case ledger::refusal::payment_unknown: return {not_found};
    case ledger::refusal::terminal_inactive: return {terminal_inactive};
    case ledger::refusal::invalid_state: return {invalid_state};
    case ledger::refusal::amount_exceeds_remaining:
        return approves ? problem{amount_exceeds_remaining} : in_body(amount_exceeds_remaining, "/amount");
    case ledger::refusal::nothing_undecided: return {nothing_undecided};
    case ledger::refusal::corrections_exhausted: return {corrections_exhausted};
    case ledger::refusal::second_person_required: return {second_person_required};
    case ledger::refusal::card_already_bound: return in_body(card_already_bound, "/certificate");
    case ledger::refusal::card_unknown: return in_body(card_unknown, "/certificate");
    case ledger::refusal::card_retired: return {card_not_accepted, "The card was retired.", "/certificate"};
    case ledger::refusal::card_not_accepted: return in_body(card_not_accepted, "/certificate");
    case ledger::refusal::verification_unavailable: return {verification_unavailable};
    case ledger::refusal::campaign_unknown: return {not_found};
    case ledger::refusal::campaigns_exhausted: return {campaigns_exhausted};
    case ledger::refusal::campaign_not_open:
        return asks_for<ledger::propose_campaign>(asked) ? in_body(expires_in_the_past, "/last_day")
                                                         : problem{campaign_not_open};
    case ledger::refusal::amount_not_allowed: return in_body(amount_not_allowed, "/amount");
    case ledger::refusal::budget_exceeded: return {budget_exceeded};
    case ledger::refusal::already_granted:
        return names_occasion(asked) ? in_body(already_granted, "/occasion") : problem{already_granted};
    case ledger::refusal::conversion_terms_unknown: return {conversion_terms_missing};
    case ledger::refusal::units_below_minimum: return in_body(units_below_minimum, "/units");
    case ledger::refusal::units_off_step: return in_body(units_off_step, "/units");
    case ledger::refusal::conversion_too_large: return in_body(amount_out_of_range, "/units");
    case ledger::refusal::conversion_limit_reached: return {conversion_limit_reached};
    case ledger::refusal::reference_reused: return in_body(reference_reused, "/reference");
    case ledger::refusal::my_key_unknown: return in_body(mykey_id_unknown, "/mykey_id");
    case ledger::refusal::wallet_frozen:
        return *named != 0 ? in_body(wallet_unavailable, named) : problem{wallet_unavailable};
    case ledger::refusal::coupon_unknown: return in_body(coupon_unknown, "/code");
    case ledger::refusal::coupon_redeemed: return {coupon_redeemed};
    case ledger::refusal::coupon_blocked: return {coupon_blocked};
    case ledger::refusal::coupon_expired: return {coupon_expired};
    case ledger::refusal::too_many_tries: return {too_many_tries};
    case ledger::refusal::person_required: return {person_required};
    case ledger::refusal::eligibility_missing: return {eligibility_missing};
    case ledger::refusal::not_eligible: return {not_eligible};
    case ledger::refusal::measure_too_small:
        return asks_for<ledger::grant_from_campaign>(asked) ? in_body(measure_too_small, "/measured")
                                                            : problem{measure_too_small};
    case ledger::refusal::event_not_open: return {event_not_open};
    case ledger::refusal::event_code_over: return in_body(event_code_over, "/code");
    case ledger::refusal::events_exhausted: return {events_exhausted};
    case ledger::refusal::nothing_granted: return {nothing_granted};
    case ledger::refusal::clawbacks_exhausted: return {clawbacks_exhausted};
    case ledger::refusal::recipients_refused: return {recipients_refused};
    case ledger::refusal::recipients_repeated: return {recipients_repeated};
    case ledger::refusal::recipients_exhausted: return {recipients_exhausted};
    case ledger::refusal::purchase_not_offered: return in_body(purchase_not_offered, "/program");
    case ledger::refusal::purchase_amount_not_allowed: return in_body(purchase_amount_not_allowed, "/amount");
    case ledger::refusal::purchase_limit_reached: return in_body(purchase_limit_reached, "/amount");
    case ledger::refusal::purchase_unknown:
        return asks_for<ledger::propose_for_transfer>(asked) ? in_body(purchase_unknown, "/purchase")
                                                             : problem{not_found};
    case ledger::refusal::refund_not_allowed: return {refund_not_allowed};
    case ledger::refusal::nothing_unspent: return {nothing_unspent};
    case ledger::refusal::transfer_differs: return in_body(transfer_differs, "/line_number");
    case ledger::refusal::activation_code_unknown:
        return asks_for<ledger::activate_terminal>(asked) ? in_body(activation_code_unknown, "/code")
                                                          : problem{not_found};
    case ledger::refusal::activation_codes_exhausted: return {activation_codes_exhausted};
    case ledger::refusal::activation_code_used: return in_body(activation_code_used, "/code");
    case ledger::refusal::activation_code_expired: return in_body(activation_code_expired, "/code");
    case ledger::refusal::application_exists: return {application_exists};
    case ledger::refusal::application_unknown:
    case ledger::refusal::account_change_unknown: return {not_found};
    case ledger::refusal::bank_unknown: return in_body(bank_unknown, "/account/bank");
    case ledger::refusal::branch_unknown: return in_body(branch_unknown, "/account/branch");
    case ledger::refusal::already_linked: return {already_linked};
    case ledger::refusal::account_linked_elsewhere: return {account_linked_elsewhere};
    case ledger::refusal::not_linked: return {not_linked};
    case ledger::refusal::conversion_terms_changed: return {invalid_state};
    case ledger::refusal::linked_conversions_exhausted: return {partner_unavailable};
    case ledger::refusal::bank_table_missing: return {bank_table_missing};
    case ledger::refusal::mandate_exists: return {mandate_exists};
    case ledger::refusal::mandate_missing: return in_body(mandate_missing, "/method");
    case ledger::refusal::nothing_to_debit: return in_body(nothing_to_debit, "/debit_day");
    case ledger::refusal::collection_account_missing: return {collection_account_missing};
    case ledger::refusal::card_payment_differs: return {card_payment_differs};
    case ledger::refusal::debit_result_differs: return {debit_result_differs};
    case ledger::refusal::account_unchanged: return in_body(account_unchanged, "/account");
    case ledger::refusal::effective_in_the_past: return in_body(effective_in_the_past, "/effective_from");
    case ledger::refusal::not_reversible: return in_body(not_reversible, "/idempotency_key");
    }
    EXPECTS(!"a refusal has a reason");
    return {};
}

problem problem_of(const actors::operation& ended) {
    switch (ended.end) {
    case actors::ending::refused: {
        problem why = problem_of(ended.refusal, ended.asked);
        if (why.code == recipients_refused) why.lines = report_of(*ended.command());
        return why;
    }
    case actors::ending::key_reused: return {idempotency_key_reused};
    case actors::ending::read_failed: return {read_failed};
    case actors::ending::outcome_unknown:
    case actors::ending::lost: return {outcome_unknown};
    case actors::ending::none:
    case actors::ending::decided:
    case actors::ending::replayed:
    case actors::ending::read: break;
    }
    EXPECTS(!"an ending that is an answer");
    return {};
}

void write_problem_members(json_writer& json, const problem& one, std::uint64_t request_id) {
    const problem_text& text = text_of(one.code);
    json.plain("type", "urn:meguri:problem:" + std::string{text.name});
    json.plain("title", text.title);
    json.number("status", text.status);
    json.text("detail", one.detail.empty() ? text.title : std::string_view{one.detail});
    json.plain("code", text.name);
    json.plain("request_id", request_id_text{request_id}.view());
    json.boolean("retryable", text.retryable);
    json.plain("detail_ja", text.title_ja);
    if (one.pointer) json.text("pointer", *one.pointer);
    if (!one.parameter.empty()) json.plain("parameter", one.parameter);
    if (!one.lines) return;
    json.number("faults", static_cast<std::int64_t>(one.lines->count()));
    json.array_of("lines", one.lines->text());
}

http_response to_response(const problem& one, std::uint64_t request_id, std::string body) {
    const problem_text& text = text_of(one.code);
    const bool as_csv = one.lines && one.lines->is_csv();
    body.clear();
    if (as_csv) {
        body = one.lines->text();
    } else {
        json_writer json{body};
        json.begin_object();
        write_problem_members(json, one, request_id);
        json.end_object();
    }

    http_response answer;
    answer.status = text.status;
    answer.content_type = as_csv ? csv_content_type : "application/problem+json";
    answer.body = std::move(body);
    answer.retry_after_s = text.retry_after_s;
    answer.allow = one.allow;
    answer.www_authenticate = text.status == 401;
    return answer;
}

} // namespace meguri::net
