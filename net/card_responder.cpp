#include "net/card_responder.hpp"

#include "net/card_statuses.hpp"
#include "net/card_trust.hpp"
#include "net/log.hpp"
#include "storage/steady_clock.hpp"

#include <utility>

namespace meguri::net {
namespace {

constexpr std::size_t answer_bytes_max = 32'768;

} // namespace

struct card_responder::question {
    std::shared_ptr<const card_certificate> card;
    card_question asked;
    std::int64_t began_ns;
};

void card_responder::use(card_responder_settings with) {
    const std::lock_guard lock{mutex_};
    with_ = std::move(with);
}

bool card_responder::ask(io_loop& home, std::shared_ptr<const card_certificate> card, std::function<void()> done) {
    const auto authorities = trust_.authorities();
    auto asked = card_question::of(*card, *authorities);
    const std::lock_guard lock{mutex_};
    if (!asked || with_.url.empty()) return false;
    const auto name = name_of(*card);
    if (const auto same = under_way_.find(name); same != under_way_.end()) {
        same->second.push_back({&home, std::move(done)});
        return true;
    }
    web_request request{.method = web_method::post,
                        .url = with_.url,
                        .fields = {{"Accept", "application/ocsp-response"}},
                        .content_type = "application/ocsp-request",
                        .body = asked->der(),
                        .authorities = with_.authorities,
                        .plain_anywhere = true, // the answer is signed
                        .bytes_max = answer_bytes_max,
                        .connect_time_max_ms = with_.time_max_ms,
                        .time_max_ms = with_.time_max_ms};
    const auto one =
        std::make_shared<const question>(question{std::move(card), *std::move(asked), storage::steady_ns()});
    const bool is_sent =
        under_way_.size() < under_way_max &&
        by_.send(home, std::move(request), [this, one](const web_result& result) { answered(*one, result); });
    if (is_sent)
        under_way_[name].push_back({&home, std::move(done)});
    else
        probes_.answers[static_cast<std::size_t>(card_answer::not_asked)].add();
    return is_sent;
}

// On the io thread that sent it. Whoever waits goes on whatever came: what is not known then is judged as such.
void card_responder::answered(const question& one, const web_result& result) {
    const bool came = result && result->status == 200;
    const auto said = read(one, result);
    auto how = said ? (*said ? card_answer::revoked : card_answer::good) : card_answer::unusable;
    if (!came) how = card_answer::unanswered;
    std::vector<waiting> all;
    {
        const std::lock_guard lock{mutex_};
        if (auto found = under_way_.extract(name_of(*one.card))) all = std::move(found.mapped());
        note(how, storage::steady_ns() - one.began_ns, said ? std::string{} : said.error());
    }
    for (auto& who : all) who.home->post(std::move(who.done));
}

tl::expected<bool, std::string> card_responder::read(const question& one, const web_result& result) {
    if (!result) return tl::unexpected{result.error().words};
    if (result->status != 200) return tl::unexpected{"it answers " + std::to_string(result->status)};
    const ledger::instant now{wall_ms_()};
    auto said = one.asked.read(result->body, now, trust_.age_max_ms());
    if (!said) return tl::unexpected{std::move(said.error())};
    if (!trust_.learn(*one.card, *said, now)) return tl::unexpected{std::string{"it is older than the one before"}};
    return said->is_revoked;
}

// Told once, and again when it is another thing that is wrong.
void card_responder::note(card_answer how, std::int64_t took_ns, const std::string& why) {
    probes_.answers[static_cast<std::size_t>(how)].add();
    probes_.duration.record(took_ns);
    if (why == complaint_) return;
    complaint_ = why;
    if (why.empty())
        log_plain(severity::info, "card_responder_answers");
    else
        log_event{severity::error, "card_responder_failed"}.text("why", why);
}

} // namespace meguri::net
