// What an entry's fields are made of, out and in: numbers, enums, texts, lists, lots, corrections, keys. The fields of
// each fact (storage/entry_codec_layout.hpp) run over either of these two.
#pragma once

#include "ledger/contract.hpp"
#include "ledger/entry.hpp"
#include "storage/entry_bytes.hpp"

#include <array>
#include <limits>
#include <memory>
#include <utility>

namespace meguri::storage {

// The largest number of each enum; each begins at 1 unless said otherwise.
template <class Enum>
struct enum_range;
template <>
struct enum_range<ledger::outlet_kind> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::code_kind> { // of a code_issued: a card is bound otherwise
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::issuer_kind> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::freeze_subject> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::payment_status> {
    static constexpr unsigned first = 1, last = 7;
};
template <>
struct enum_range<ledger::decline_code> {
    static constexpr unsigned first = 0, last = ledger::decline_codes;
};
template <>
struct enum_range<ledger::limit_subject> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::limit_kind> {
    static constexpr unsigned first = 1, last = 6;
};
template <>
struct enum_range<ledger::payment_step> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::my_key_step> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::correction_kind> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::amount_rule> {
    static constexpr unsigned first = 1, last = 4;
};
template <>
struct enum_range<ledger::campaign_step> {
    static constexpr unsigned first = 1, last = 6;
};
template <>
struct enum_range<ledger::conversion_terms_step> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::link_step> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::linked_conversion_step> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::coupon_step> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::left_out_reason> {
    static constexpr unsigned first = 1, last = 7;
};
template <>
struct enum_range<ledger::clawback_step> {
    static constexpr unsigned first = 1, last = 4;
};
template <>
struct enum_range<ledger::eligibility_step> {
    static constexpr unsigned first = 1, last = 4;
};
template <>
struct enum_range<ledger::event_step> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::purchase_method> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::purchase_status> {
    static constexpr unsigned first = 1, last = 6;
};
template <>
struct enum_range<ledger::purchase_step> {
    static constexpr unsigned first = 1, last = 9;
};
template <>
struct enum_range<ledger::transfer_status> {
    static constexpr unsigned first = 1, last = 6;
};
template <>
struct enum_range<ledger::transfer_mismatch> {
    static constexpr unsigned first = 0, last = 9;
};
template <>
struct enum_range<ledger::transfer_step> {
    static constexpr unsigned first = 1, last = 5;
};
template <>
struct enum_range<ledger::card_stage> {
    static constexpr unsigned first = 1, last = 8;
};
template <>
struct enum_range<ledger::mandate_status> {
    static constexpr unsigned first = 1, last = 4;
};
template <>
struct enum_range<ledger::debit_result> { // 5 to 7 are none
    static constexpr unsigned first = 0, last = 10;
};
template <>
struct enum_range<ledger::applicant_kind> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::application_step> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::account_step> {
    static constexpr unsigned first = 1, last = 3;
};
template <>
struct enum_range<ledger::account_type> { // 3 is none
    static constexpr unsigned first = 1, last = 4;
};
template <>
struct enum_range<ledger::activation_step> {
    static constexpr unsigned first = 1, last = 2;
};
template <>
struct enum_range<ledger::caller_kind> {
    static constexpr unsigned first = 0, last = 7;
};

// On the number of the rule of a campaign's terms: more follows behind them.
inline constexpr unsigned terms_of_benefits = 0x80;

class entry_encoder {
public:
    // With earmarks behind every lot and every campaign's terms, or without where there are none.
    entry_encoder(entry_bytes_out& out, bool with_earmarks) noexcept : out_{out}, with_earmarks_{with_earmarks} {}

    template <class Tag>
    void operator()(const ledger::strong_id<Tag>& id) noexcept {
        out_.varint(id.value());
    }
    void operator()(const ledger::outlet_id& id) noexcept { out_.varint(id.value()); }
    void operator()(const std::uint64_t& number) noexcept { out_.varint(number); }
    void operator()(const std::uint32_t& number) noexcept { out_.varint(number); }
    void operator()(const std::int32_t& number) noexcept { out_.varint(zigzag(number)); }
    void operator()(const ledger::instant& at) noexcept { out_.varint(zigzag(at.unix_ms())); }
    void operator()(const ledger::jst_day& day) noexcept { out_.varint(zigzag(day.days())); }
    void operator()(const ledger::points& amount) noexcept { out_.varint(static_cast<std::uint64_t>(amount.value())); }
    void operator()(const ledger::program_code& code) noexcept { out_.varint(code.number()); }
    void operator()(const std::string& text) noexcept { out_.text(text); }
    void operator()(const ledger::digest128& digest) noexcept {
        out_.u64(digest.high);
        out_.u64(digest.low);
    }
    void operator()(const ledger::my_key_id& id) noexcept { out_.varint(id.number()); }
    void operator()(const ledger::purchase_reference& one) noexcept { out_.varint(one.number()); }
    void operator()(const ledger::epoch_mark& mark) noexcept { out_.varint(mark.value()); }
    void operator()(const ledger::journal_hash& hash) noexcept {
        for (const std::byte one : hash) out_.u8(static_cast<std::uint8_t>(one));
    }
    void operator()(const ledger::certificate_digest& digest) noexcept {
        for (const auto byte : digest.bytes) out_.u8(byte);
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Enum& one) noexcept { out_.u8(static_cast<std::uint8_t>(one)); }
    void operator()(const ledger::category_set& set) { (*this)(set.names()); }
    void operator()(const ledger::lot_use& use);
    void operator()(const ledger::correction_ptr& what);
    void operator()(const ledger::campaign_terms_ptr& terms);
    void operator()(const ledger::conversion_terms_ptr& terms);
    void operator()(const ledger::coupon_ptr& what);
    void operator()(const ledger::partner_link_ptr& what);
    void operator()(const ledger::linked_conversion_ptr& what);
    void operator()(const ledger::issued_key& one);
    void operator()(const ledger::recipient_row& one);
    void operator()(const ledger::left_out_row& one);
    void operator()(const ledger::eligible_row& one);
    void operator()(const ledger::amount_step& one);
    template <class T>
    void operator()(const std::vector<T>& all) {
        out_.varint(all.size());
        for (const T& one : all) (*this)(one);
    }
    void fixed(const std::uint64_t& number) noexcept { out_.u64(number); }
    // Up to eight flags in one byte, the first one lowest.
    template <class... Flags>
    void bits(const Flags&... flags) noexcept {
        unsigned all = 0;
        unsigned bit = 1;
        ((all |= flags ? bit : 0, bit <<= 1), ...);
        out_.u8(static_cast<std::uint8_t>(all));
    }
    void require(bool, const char*) const noexcept {} // what is encoded is as it should be

private:
    entry_bytes_out& out_;
    bool with_earmarks_;
};

class entry_decoder {
public:
    entry_decoder(entry_bytes_in& in, bool with_earmarks) noexcept : in_{in}, with_earmarks_{with_earmarks} {}

    template <class Tag>
    void operator()(ledger::strong_id<Tag>& id) noexcept {
        id = ledger::strong_id<Tag>{in_.varint()};
    }
    void operator()(ledger::outlet_id& id) noexcept { id = ledger::outlet_id{in_.varint()}; }
    void operator()(std::uint64_t& number) noexcept { number = in_.varint(); }
    void operator()(std::uint32_t& number) noexcept { number = static_cast<std::uint32_t>(up_to(0xFFFFFFFF)); }
    void operator()(std::int32_t& number) noexcept { number = static_cast<std::int32_t>(unzigzag(up_to(0xFFFFFFFF))); }
    void operator()(ledger::instant& at) noexcept { at = ledger::instant{unzigzag(in_.varint())}; }
    void operator()(ledger::jst_day& day) noexcept {
        std::int32_t days = 0;
        (*this)(days);
        day = ledger::jst_day{days};
    }
    void operator()(ledger::points& amount) noexcept {
        const auto valid = ledger::points::from(static_cast<std::int64_t>(up_to(ledger::points::value_max)));
        amount = valid.value_or(ledger::points{});
    }
    void operator()(ledger::program_code& code) noexcept {
        code = ledger::program_code::as_stored(static_cast<std::uint32_t>(up_to(0xFFFFFFFF)));
    }
    void operator()(std::string& text) { text = in_.text(); }
    void operator()(ledger::digest128& digest) noexcept {
        digest.high = in_.u64();
        digest.low = in_.u64();
    }
    void operator()(ledger::my_key_id& id) noexcept {
        const auto number = up_to(ledger::my_key_id::count);
        id = ledger::my_key_id::from_number(number).value_or(ledger::my_key_id{});
    }
    void operator()(ledger::purchase_reference& one) noexcept {
        const auto number = up_to(ledger::purchase_reference::count);
        one = ledger::purchase_reference::from_number(number).value_or(ledger::purchase_reference{});
    }
    void operator()(ledger::epoch_mark& mark) noexcept {
        std::uint32_t number = 0;
        (*this)(number);
        mark = ledger::epoch_mark{number};
    }
    void operator()(ledger::journal_hash& hash) noexcept {
        for (std::byte& one : hash) one = static_cast<std::byte>(in_.u8());
    }
    void operator()(ledger::certificate_digest& digest) noexcept {
        for (auto& byte : digest.bytes) byte = in_.u8();
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(Enum& one) noexcept {
        const unsigned number = in_.u8();
        if (number < enum_range<Enum>::first || number > enum_range<Enum>::last) return in_.fail("a kind is unknown");
        one = static_cast<Enum>(number);
    }
    void operator()(ledger::category_set& set);
    void operator()(ledger::lot_use& use);
    void operator()(ledger::correction_ptr& what);
    void operator()(ledger::campaign_terms_ptr& terms);
    void operator()(ledger::conversion_terms_ptr& terms);
    void operator()(ledger::coupon_ptr& what);
    void operator()(ledger::partner_link_ptr& what);
    void operator()(ledger::linked_conversion_ptr& what);
    void operator()(ledger::recipient_row& one);
    void operator()(ledger::left_out_row& one);
    void operator()(ledger::eligible_row& one);
    void operator()(ledger::amount_step& one);
    void operator()(ledger::issued_key& one);
    template <class T>
    void operator()(std::vector<T>& all) {
        const std::uint64_t count = in_.varint();
        if (count > in_.left()) return in_.fail("a list is longer than the record"); // each takes a byte at least
        for (std::uint64_t i = 0; i < count && in_.wrong() == nullptr; ++i) (*this)(all.emplace_back());
    }
    void fixed(std::uint64_t& number) noexcept { number = in_.u64(); }
    template <class... Flags>
    void bits(Flags&... flags) noexcept {
        const unsigned all = in_.u8();
        if (all >> sizeof...(Flags) != 0) in_.fail("a flag is unknown");
        unsigned bit = 1;
        ((flags = (all & bit) != 0, bit <<= 1), ...);
    }
    void require(bool holds, const char* else_wrong) noexcept {
        if (!holds) in_.fail(else_wrong);
    }
    [[nodiscard]] std::uint64_t up_to(std::uint64_t most) noexcept {
        const std::uint64_t number = in_.varint();
        if (number > most) return in_.fail("a number is too large"), std::uint64_t{0};
        return number;
    }

private:
    entry_bytes_in& in_;
    bool with_earmarks_;
};

inline void entry_encoder::operator()(const ledger::lot_use& use) {
    EXPECTS(use.lot != nullptr);
    (*this)(use.lot->number);
    (*this)(use.lot->program);
    (*this)(use.lot->source.text());
    (*this)(use.lot->expires_on);
    (*this)(use.lot->issued_at);
    (*this)(use.amount);
    if (with_earmarks_) (*this)(use.lot->earmark);
}

inline void entry_decoder::operator()(ledger::category_set& set) {
    std::vector<std::string> names;
    (*this)(names);
    auto read = ledger::category_set::from(names);
    if (!read || read->names() != names) return in_.fail("categories are none, or not in their order");
    set = *std::move(read);
}

inline void entry_decoder::operator()(ledger::lot_use& use) {
    std::uint32_t number = 0;
    ledger::program_code program;
    (*this)(number);
    (*this)(program);
    auto source = ledger::funding_source::parse(in_.text());
    if (!source) return in_.fail("a funding source is badly formed");
    ledger::jst_day expires_on;
    ledger::instant issued_at;
    (*this)(expires_on);
    (*this)(issued_at);
    (*this)(use.amount);
    ledger::category_set earmark;
    if (with_earmarks_) (*this)(earmark);
    use.lot = std::make_shared<const ledger::lot_terms>(
        ledger::lot_terms{number, program, std::move(*source), expires_on, issued_at, std::move(earmark)});
}

inline void entry_encoder::operator()(const ledger::correction_ptr& what) {
    EXPECTS(what != nullptr);
    (*this)(what->kind);
    (*this)(what->program);
    (*this)(what->amount);
    (*this)(what->source.text());
    (*this)(what->expires_on);
    (*this)(what->reason);
}

inline void entry_decoder::operator()(ledger::correction_ptr& what) {
    auto kind = ledger::correction_kind::credit;
    ledger::program_code program;
    ledger::points amount;
    (*this)(kind);
    (*this)(program);
    (*this)(amount);
    auto source = ledger::funding_source::parse(in_.text());
    if (!source) return in_.fail("a funding source is badly formed");
    ledger::jst_day expires_on;
    std::string reason;
    (*this)(expires_on);
    (*this)(reason);
    what = std::make_shared<const ledger::correction>(
        ledger::correction{kind, program, amount, std::move(*source), expires_on, std::move(reason)});
}

inline void entry_encoder::operator()(const ledger::campaign_terms_ptr& terms) {
    EXPECTS(terms != nullptr);
    (*this)(terms->name);
    (*this)(terms->source.text());
    (*this)(terms->budget);
    (*this)(terms->first_day);
    (*this)(terms->last_day);
    const bool of_benefits = are_of_benefits(*terms);
    out_.u8(static_cast<std::uint8_t>(static_cast<unsigned>(terms->rule) | (of_benefits ? terms_of_benefits : 0)));
    (*this)(terms->per_grant);
    (*this)(terms->expires_on);
    if (of_benefits) {
        bits(terms->eligible_only, terms->per_person);
        (*this)(terms->basis_points);
        (*this)(terms->steps);
    }
    if (with_earmarks_) (*this)(terms->earmark);
}

inline void entry_decoder::operator()(ledger::campaign_terms_ptr& terms) {
    std::string name{in_.text()};
    auto source = ledger::funding_source::parse(in_.text());
    if (!source) return in_.fail("a funding source is badly formed");
    auto read = std::make_shared<ledger::campaign_terms>(
        ledger::campaign_terms{std::move(name), *std::move(source), {}, {}, {}, ledger::amount_rule::fixed, {}, {}});
    (*this)(read->budget);
    (*this)(read->first_day);
    (*this)(read->last_day);
    const unsigned rule = in_.u8();
    const unsigned number = rule & ~terms_of_benefits;
    if (number < enum_range<ledger::amount_rule>::first || number > enum_range<ledger::amount_rule>::last)
        return in_.fail("a kind is unknown");
    read->rule = static_cast<ledger::amount_rule>(number);
    (*this)(read->per_grant);
    (*this)(read->expires_on);
    const bool of_benefits = rule != number;
    if (of_benefits) {
        bits(read->eligible_only, read->per_person);
        (*this)(read->basis_points);
        (*this)(read->steps);
    }
    if (with_earmarks_) (*this)(read->earmark);
    require(are_of_benefits(*read) == of_benefits, "terms are of benefits or not");
    terms = std::move(read);
}

inline void entry_encoder::operator()(const ledger::conversion_terms_ptr& terms) {
    EXPECTS(terms != nullptr);
    (*this)(terms->unit);
    (*this)(terms->rate.points);
    (*this)(terms->rate.units);
    (*this)(terms->minimum);
    (*this)(terms->step);
    bits(terms->per_person_day.has_value(), terms->per_partner_day.has_value());
    if (terms->per_person_day) (*this)(*terms->per_person_day);
    if (terms->per_partner_day) (*this)(*terms->per_partner_day);
}

inline void entry_decoder::operator()(ledger::conversion_terms_ptr& terms) {
    auto read = std::make_shared<ledger::conversion_terms>();
    (*this)(read->unit);
    (*this)(read->rate.points);
    (*this)(read->rate.units);
    (*this)(read->minimum);
    (*this)(read->step);
    bool has_person = false;
    bool has_partner = false;
    bits(has_person, has_partner);
    if (has_person) (*this)(read->per_person_day.emplace());
    if (has_partner) (*this)(read->per_partner_day.emplace());
    terms = std::move(read);
}

inline void entry_encoder::operator()(const ledger::partner_link_ptr& what) {
    EXPECTS(what != nullptr);
    (*this)(what->wallet);
    (*this)(what->subject);
    (*this)(what->account);
    (*this)(what->tokens);
}

inline void entry_decoder::operator()(ledger::partner_link_ptr& what) {
    auto read = std::make_shared<ledger::partner_link>();
    (*this)(read->wallet);
    (*this)(read->subject);
    (*this)(read->account);
    (*this)(read->tokens);
    what = std::move(read);
}

inline void entry_encoder::operator()(const ledger::linked_conversion_ptr& what) {
    EXPECTS(what != nullptr);
    (*this)(what->wallet);
    (*this)(what->link);
    (*this)(what->reference);
    (*this)(what->units);
    (*this)(what->amount);
    (*this)(what->terms);
    (*this)(what->program);
}

inline void entry_decoder::operator()(ledger::linked_conversion_ptr& what) {
    auto read = std::make_shared<ledger::linked_conversion>();
    (*this)(read->wallet);
    (*this)(read->link);
    (*this)(read->reference);
    (*this)(read->units);
    (*this)(read->amount);
    (*this)(read->terms);
    (*this)(read->program);
    what = std::move(read);
}

inline void entry_encoder::operator()(const ledger::coupon_ptr& what) {
    EXPECTS(what != nullptr);
    (*this)(what->number);
    (*this)(what->reference);
    (*this)(what->units);
    (*this)(what->remainder);
    (*this)(what->amount);
    (*this)(what->terms);
    (*this)(what->program);
    (*this)(what->last_day);
    (*this)(what->code);
}

inline void entry_decoder::operator()(ledger::coupon_ptr& what) {
    auto read = std::make_shared<ledger::coupon>();
    (*this)(read->number);
    (*this)(read->reference);
    (*this)(read->units);
    (*this)(read->remainder);
    (*this)(read->amount);
    (*this)(read->terms);
    (*this)(read->program);
    (*this)(read->last_day);
    (*this)(read->code);
    what = std::move(read);
}

inline void entry_encoder::operator()(const ledger::issued_key& one) {
    (*this)(one.number);
    (*this)(one.issued_at);
    (*this)(one.ends_at);
    const bool has_scopes = !one.scopes.is_unrestricted();
    bits(one.revoked, has_scopes);
    if (has_scopes) out_.varint(one.scopes.bits());
}

inline void entry_decoder::operator()(ledger::issued_key& one) {
    (*this)(one.number);
    (*this)(one.issued_at);
    (*this)(one.ends_at);
    bool has_scopes = false;
    bits(one.revoked, has_scopes);
    if (!has_scopes) return;
    const auto named = ledger::scope_set::from_bits(static_cast<std::uint32_t>(up_to(0xFFFFFFFF)));
    if (!named || named->is_unrestricted()) return in_.fail("a scope is unknown");
    one.scopes = *named;
}

inline void entry_encoder::operator()(const ledger::recipient_row& one) {
    (*this)(one.line);
    (*this)(one.wallet);
    (*this)(one.occasion);
    (*this)(one.amount);
    (*this)(one.note);
}

inline void entry_decoder::operator()(ledger::recipient_row& one) {
    (*this)(one.line);
    (*this)(one.wallet);
    (*this)(one.occasion);
    (*this)(one.amount);
    (*this)(one.note);
}

inline void entry_encoder::operator()(const ledger::eligible_row& one) {
    (*this)(one.wallet);
    if (!one.wallet) (*this)(one.digest);
    (*this)(one.measured);
}

inline void entry_decoder::operator()(ledger::eligible_row& one) {
    (*this)(one.wallet);
    if (!one.wallet) (*this)(one.digest);
    (*this)(one.measured);
}

inline void entry_encoder::operator()(const ledger::amount_step& one) {
    (*this)(one.from);
    (*this)(one.amount);
}

inline void entry_decoder::operator()(ledger::amount_step& one) {
    (*this)(one.from);
    (*this)(one.amount);
}

inline void entry_encoder::operator()(const ledger::left_out_row& one) {
    (*this)(one.row);
    (*this)(one.line);
    (*this)(one.why);
}

inline void entry_decoder::operator()(ledger::left_out_row& one) {
    (*this)(one.row);
    (*this)(one.line);
    (*this)(one.why);
}

// Runs over a fact's fields as an encoder does, and counts the bytes that its earmarks take at most; 0: it has none.
class earmark_counter {
public:
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    void operator()(const ledger::lot_use& use) {
        EXPECTS(use.lot != nullptr);
        add(use.lot->earmark);
    }
    void operator()(const std::vector<ledger::lot_use>& all) {
        for (const auto& one : all) (*this)(one);
    }
    void operator()(const ledger::campaign_terms_ptr& terms) {
        EXPECTS(terms != nullptr);
        add(terms->earmark);
    }
    template <class Other>
    void operator()(const Other&) const noexcept {}
    void fixed(const std::uint64_t&) const noexcept {}
    template <class... Flags>
    void bits(const Flags&...) const noexcept {}
    void require(bool, const char*) const noexcept {}

private:
    void add(const ledger::category_set& set) noexcept {
        if (set.empty()) return;
        bytes_ += varint_bytes_max;
        for (const auto& one : set.names()) bytes_ += varint_bytes_max + one.size();
    }
    std::size_t bytes_ = 0;
};

} // namespace meguri::storage
