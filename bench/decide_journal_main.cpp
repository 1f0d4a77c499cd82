// How many payments a second the rules and the journal make without actors: one thread decides on wallets in memory and
// submits, the journal's writer commits on its own thread. No index, no checkpoint, no HTTP: the most that the switch
// could reach if everything between cost nothing.
#include "ledger/decide.hpp"
#include "storage/journal.hpp"
#include "storage/journal_writer.hpp"
#include "storage/steady_clock.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace meguri;

const auto town = *ledger::program_code::parse("042021");
const ledger::outlet_id till{ledger::merchant_id{1}, 1};

ledger::instant wall_now() {
    using namespace std::chrono;
    return ledger::instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

// Requests that came back from the journal, to be used again.
class returned_requests final : public storage::completion_sink, public storage::durable_observer {
public:
    void durable(std::span<storage::append_request* const>) noexcept override {}
    void completed(std::span<storage::append_request* const> batch) noexcept override {
        const std::lock_guard lock{mutex_};
        free_.insert(free_.end(), batch.begin(), batch.end());
        returned_.notify_one();
    }
    void add(storage::append_request& one) { free_.push_back(&one); }
    // At least `count` of them; waits until there are so many.
    void take(std::size_t count, std::vector<storage::append_request*>& into) {
        std::unique_lock lock{mutex_};
        returned_.wait(lock, [&] { return free_.size() >= count; });
        into.clear();
        into.swap(free_);
    }

private:
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<storage::append_request*> free_;
};

struct account_holder {
    ledger::wallet state;
    storage::chain_tail tail;
};

class paying_town {
public:
    paying_town(storage::journal_writer& writer, returned_requests& returned, std::uint32_t wallets)
        : writer_{writer},
          returned_{returned},
          wallets_(wallets) {
        programs_.insert({town, "石巻市アイポイント", 180, false, ledger::issuer_kind::municipality, false});
        terms_.id = till.merchant();
        terms_.programs = {town};
        terms_.outlets = {{ledger::outlet_kind::terminal, till, "レジ1", false}};
        all_.resize(in_flight_max);
        for (auto& one : all_) returned_.add(one);
    }

    void furnish() {
        for (std::uint32_t i = 0; i < wallets_.size(); ++i) {
            const ledger::wallet_id id{i + 1};
            write(i, ledger::wallet_opened{id}, id);
            const ledger::grant asked{id,
                                      town,
                                      *ledger::points::from(100'000'000),
                                      {},
                                      *ledger::funding_source::parse("budget:042021:health")};
            auto granted = ledger::decide(asked, wallets_[i].state, programs_, wall_now());
            if (!granted) throw std::runtime_error{"no grant"};
            write(i, std::move(*granted), id);
        }
        hand_over();
    }

    std::uint64_t pay_for(double seconds) {
        const auto until = storage::steady_ns() + static_cast<std::int64_t>(seconds * 1e9);
        std::uint64_t paid = 0;
        while (storage::steady_ns() < until)
            for (int i = 0; i < 256; ++i) pay(++paid);
        hand_over();
        return paid;
    }

    void wait_for_all() {
        std::vector<storage::append_request*> back;
        returned_.take(all_.size() - free_.size(), back);
        free_.insert(free_.end(), back.begin(), back.end());
    }

private:
    static constexpr std::size_t in_flight_max = 32'768;
    static constexpr std::size_t hand_over_at = 2'048;

    void pay(std::uint64_t number) {
        const auto index = static_cast<std::uint32_t>(random_() % wallets_.size());
        const auto& payer = wallets_[index].state;
        const ledger::authorize asked{town, *ledger::points::from(1), {}, {}};
        const ledger::payment_question question{asked,
                                                town,
                                                terms_,
                                                programs_,
                                                till,
                                                ledger::outlet_kind::terminal,
                                                ledger::known_code{payer.id, 1, ledger::code_kind::card, {}}};
        auto decided = ledger::decide(question, &payer, now_);
        if (decided.decline != ledger::decline_code::none) throw std::runtime_error{"a payment was declined"};
        auto& record = write(index, std::move(decided), payer.id);
        record.caller = {ledger::caller_kind::terminal, till.value()};
        record.idempotency_key = "payment-" + std::to_string(number);
        record.fingerprint = {number, index};
        record.merchant = till.merchant();
    }

    ledger::entry& write(std::uint32_t index, ledger::fact fact, ledger::wallet_id id) {
        if (free_.empty() || staged_.size() >= hand_over_at) refill();
        auto* const request = free_.back();
        free_.pop_back();
        request->record = {};
        request->record.decided_at = now_;
        request->record.wallet = id;
        request->record.wallet_sequence = wallets_[index].state.sequence + 1;
        request->record.what = std::move(fact);
        request->wallet_tail = &wallets_[index].tail;
        request->merchant_tail = &merchant_tail_;
        ledger::apply(wallets_[index].state, request->record);
        staged_.push_back(request);
        return request->record;
    }

    void refill() {
        hand_over();
        now_ = wall_now();
        if (free_.empty()) returned_.take(1, free_);
    }
    void hand_over() {
        writer_.submit(staged_);
        staged_.clear();
    }

    storage::journal_writer& writer_;
    returned_requests& returned_;
    ledger::program_table programs_;
    ledger::merchant_terms terms_;
    std::vector<account_holder> wallets_;
    storage::chain_tail merchant_tail_;
    std::vector<storage::append_request> all_;
    std::vector<storage::append_request*> free_;
    std::vector<storage::append_request*> staged_;
    ledger::instant now_ = wall_now();
    std::mt19937_64 random_{1};
};

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"Decide and journal without actors: durable payments a second"};
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-decide-journal").string();
    std::uint32_t wallets = 100'000;
    double seconds = 10;
    app.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    app.add_option("--wallets", wallets)->capture_default_str();
    app.add_option("--seconds", seconds)->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    auto journal = storage::journal::open({.folder = folder});
    if (!journal) {
        std::fprintf(stderr, "%s\n", journal.error().text().c_str());
        return 1;
    }
    returned_requests returned;
    storage::journal_writer writer{*journal, {}, returned};
    writer.connect(returned);
    writer.run();
    paying_town payers{writer, returned, wallets};
    payers.furnish();
    payers.wait_for_all();
    const auto before = writer.durable_position();
    const auto batches_before = writer.probes().batches.count();
    const auto begun = storage::steady_ns();
    const auto asked = payers.pay_for(seconds);
    writer.stop();
    const double took = static_cast<double>(storage::steady_ns() - begun) / 1e9;
    const auto durable = writer.durable_position() - before;
    std::printf("%.0f durable payments/s over %.1f s, without actors; entries a batch %.0f, longest commit %.2f ms\n",
                static_cast<double>(durable) / took, took,
                static_cast<double>(durable) / static_cast<double>(writer.probes().batches.count() - batches_before),
                static_cast<double>(writer.probes().commit_ns.max.value()) / 1e6);
    std::filesystem::remove_all(folder);
    return !writer.failed() && durable == asked ? 0 : 1;
}
