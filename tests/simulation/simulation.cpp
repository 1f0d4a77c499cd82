#include "tests/simulation/simulation.hpp"

#include "storage/journal_filer.hpp"
#include "storage/verify.hpp"

#include <algorithm>

namespace meguri::test {
namespace {

constexpr std::int64_t second_ms = 1'000;
constexpr std::int64_t day_ms = 86'400 * second_ms;
// So little that it is full and begins anew all the time, and at times a batch is larger than all of it.
constexpr std::uint64_t log_bytes = 4 * 4'096;

// As much of it as one start of the switch may see: so that rounds, slices and batches end everywhere.
storage::store_settings some_settings(dice& random) {
    storage::store_settings with;
    with.journal_map_bytes = with.state_map_bytes = std::uint64_t{1} << 30;
    with.batch_entries_max = 1 + random.below(24);
    with.checkpoint.entries_max = 1 + random.below(120);
    with.checkpoint.slice_puts_max = 1 + random.below(60);
    with.checkpoint.puts_max = 1 + random.below(30);
    with.checkpoint.gather_max = 1 + random.below(30);
    with.commit_log_bytes = log_bytes;
    return with;
}

// Of the first start, which makes the files.
storage::store_settings first_settings() {
    storage::store_settings with;
    with.commit_log_bytes = log_bytes;
    return with;
}

} // namespace

simulation::simulation(std::filesystem::path folder, std::uint64_t seed)
    : folder_{std::move(folder)},
      disk_{simulated_disk::of_this_process()},
      dice_{seed},
      street_{dice_} {
    { const stepped_switch first{folder_, 1, first_settings()}; } // makes the files
    disk_.attach(folder_, seed + 1);
}

simulation::~simulation() {
    if (switch_) disk_.kill();
    switch_.reset();
    for (const auto& one : pending_) one.op->reply = nullptr; // only after a complaint
    disk_.detach();
}

void simulation::live(std::size_t steps) {
    try_to_open();
    furnish();
    for (step_ = 0; step_ < steps; ++step_) happen();
    end_well();
}

void simulation::furnish() {
    while (auto wanted = street_.furnish()) {
        send(std::move(*wanted));
        switch_->settle();
        collect(switch_->store().writer().durable_position(), false);
    }
}

// --- what happens ---

void simulation::happen() {
    const auto kind = dice_.below(1'000);
    if (kind < 260) {
        send(street_.next());
    } else if (kind < 640) {
        take_turn();
    } else if (kind < 800) {
        commit();
    } else if (kind < 830) {
        file();
    } else if (kind < 905) {
        checkpoint();
    } else if (kind < 925) {
        sweep();
    } else if (kind < 975) {
        pass_time();
    } else if (kind < 992 && dice_.one_in(calm_)) {
        kind < 985 ? plan_trouble() : part(kind < 989 ? parting::clean : parting::killed);
    }
    if (wrong_) std::rethrow_exception(wrong_);
    if (!switch_) return start();
    check_writer();
    collect(switch_->store().writer().durable_position(), has_trouble());
    if (disk_.is_off()) part(parting::cut);
    // One that has failed is restarted sooner or later; until then it takes what it is asked and acknowledges nothing.
    else if (has_trouble() && ++steps_after_failure_ > 40)
        part(dice_.one_in(3) ? parting::clean : dice_.one_in(2) ? parting::killed : parting::cut);
    if (!switch_) start();
}

void simulation::send(attempt one) {
    notes_.sent(one);
    switch_->now = ledger::instant{now_.unix_ms() - (dice_.one_in(6) ? dice_.between(0, 2 * second_ms) : 0)};
    one.op = switch_->submit(one.by, one.asked, one.key, any_thread());
    pending_.push_back(std::move(one));
}

void simulation::take_turn() {
    for (std::size_t turns = 1 + dice_.below(3); turns > 0; --turns) static_cast<void>(switch_->turn(any_thread()));
}

void simulation::commit() {
    const auto& writer = switch_->store().writer();
    const bool had_failed = disk_.had_failed_sync();
    const auto before = writer.durable_position();
    disk_.meanwhile([this] { meanwhile(); });
    static_cast<void>(switch_->commit());
    disk_.meanwhile(nullptr);
    const bool goes_on = had_failed ? writer.durable_position() != before : disk_.had_failed_sync() && !writer.failed();
    if (goes_on) throw found_wrong{"a sync of the journal failed and its writer goes on"};
}

void simulation::file() {
    disk_.meanwhile([this] { meanwhile(); });
    const auto done = switch_->store().filer().step();
    disk_.meanwhile(nullptr);
    if (!done && !disk_.had_trouble()) throw found_wrong{"filing failed: " + done.error().text()};
}

void simulation::checkpoint() {
    disk_.meanwhile([this] { meanwhile(); });
    for (std::size_t slices = 1 + dice_.below(6); slices > 0; --slices) {
        const auto done = switch_->store().checkpoints().step();
        if (!done && !disk_.had_trouble()) throw found_wrong{"a checkpoint failed: " + done.error().text()};
    }
    disk_.meanwhile(nullptr);
}

// The io threads go on; what they answer must be durable by now, not only when the commit has returned.
void simulation::meanwhile() {
    if (wrong_ || !dice_.one_in(4)) return;
    try {
        if (dice_.one_in(3)) send(street_.next());
        take_turn();
        collect(switch_->store().writer().durable_position(), has_trouble());
    } catch (const found_wrong&) {
        wrong_ = std::current_exception(); // LMDB is in between
    }
}

// Actors are let go after thirty sweeps without mail.
void simulation::sweep() {
    auto& thread = switch_->thread(any_thread());
    const auto live_before = thread.actors().live_wallets() + thread.actors().live_callers();
    for (auto ticks = 10 + dice_.below(30); ticks > 0; --ticks) thread.sweep();
    if (thread.actors().live_wallets() + thread.actors().live_callers() < live_before) notes_.count("let go");
}

// A second's tick, mostly; past the ends of holds and lots, at times.
void simulation::pass_time() {
    const auto kind = dice_.below(30);
    // Now and then past the fortnight that undecided points wait.
    const auto more = kind == 0 ? (dice_.one_in(6) ? 15 : dice_.between(1, 3)) * day_ms
                    : kind < 3  ? dice_.between(1, 14) * day_ms / 24
                    : kind < 10 ? dice_.between(1, 600) * second_ms
                                : dice_.between(0, 3 * second_ms);
    now_ = ledger::instant{now_.unix_ms() + more};
    if (dice_.one_in(40))
        switch_->shared().doubt_clock(true);
    else if (dice_.one_in(3))
        switch_->shared().doubt_clock(false);
    for (std::size_t i = 0; i < switch_->threads(); ++i) switch_->thread(i).wake_due(now_);
}

void simulation::plan_trouble() {
    using enum simulated_disk::trouble;
    const auto what = dice_.below(5);
    const bool at_meta_page = dice_.one_in(4);
    const auto calls = 1 + dice_.below(at_meta_page ? 3 : dice_.one_in(2) ? 6 : 40);
    disk_.bring(what < 3 ? power_cut : what == 3 ? refused_once : refused, calls, at_meta_page);
}

// --- ends and starts ---

bool simulation::has_trouble() { return disk_.had_trouble() || switch_->store().writer().failed(); }

void simulation::check_writer() {
    const auto& writer = switch_->store().writer();
    if (!writer.failed()) return;
    if (!disk_.had_trouble()) throw found_wrong{"the writer failed by itself: " + writer.failure()->text()};
    if (!stopped_at_) stopped_at_ = writer.durable_position();
    if (*stopped_at_ != writer.durable_position()) throw found_wrong{"acknowledged after a failed write"};
}

void simulation::part(parting how) {
    if (disk_.is_off()) how = parting::cut;
    const bool failed = has_trouble();
    notes_.count(how == parting::clean ? failed ? "stopped after a failure" : "stopped"
                 : how == parting::cut ? "power cut"
                                       : "killed");
    if (how == parting::clean) {
        switch_->settle();
        check_writer();
        collect(switch_->store().writer().durable_position(), has_trouble());
        if (!disk_.is_off() && !pending_.empty()) throw found_wrong{"never answered: key " + pending_.front().key};
    }
    if (how == parting::clean) switch_->store().stop();
    if (how == parting::cut && !disk_.is_off()) disk_.cut_power();
    drop();
}

// Nothing that the dying object writes happens any more; what it still answers must be true all the same.
void simulation::drop() {
    const auto durable = switch_->store().writer().durable_position();
    if (!disk_.is_off()) disk_.kill();
    switch_.reset();
    collect(durable, true);
    for (auto& one : pending_) {
        if (one.op->reply == nullptr) continue;
        one.op->reply = nullptr; // it is gone
        throw found_wrong{"dropped without an answer: key " + one.key};
    }
    had_trouble_ = disk_.had_trouble();
    const auto lost_before = disk_.sectors_lost();
    disk_.power_on();
    if (disk_.sectors_lost() > lost_before) notes_.count("power cut that lost something");
    stopped_at_.reset();
    steps_after_failure_ = 0;
}

void simulation::start() {
    while (!switch_) {
        // Most of all after a failure: then the page cache and the platter differ in what they hold.
        if (dice_.one_in(had_trouble_ ? 2 : 5)) plan_trouble();
        try_to_open();
    }
    calm_ = dice_.one_in(2) ? 1 : 8;
    look_after_start();
}

void simulation::try_to_open() {
    auto with = some_settings(dice_);
    with.wall_clock = [this] { return now_; };
    const auto threads = static_cast<std::uint32_t>(1 + dice_.below(3));
    try {
        switch_.emplace(folder_, threads, with);
        if (disk_.is_off()) drop(); // cut by its last write
    } catch (const found_wrong&) {
        throw;
    } catch (const std::runtime_error& why) {
        if (!disk_.had_trouble()) throw found_wrong{std::string{"does not start: "} + why.what()};
        notes_.count("failed to start");
        had_trouble_ = true;
        disk_.power_on();
    }
}

void simulation::look_after_start() {
    const auto& found = notes_.compare(switch_->store().entries());
    const auto [position, books] = switch_->store().writer().books_at();
    const bool same = std::ranges::equal(books.programs, found.books.programs, [](const auto& one, const auto& other) {
        return one.program == other.program && one.debits() == other.debits() && one.credits() == other.credits();
    });
    if (position != notes_.end().last || !same) throw found_wrong{"the books are not those of the journal"};
    // Shown as they are now; the next compare() sees whether that is right.
    for (const auto wallet : street_.wallets())
        if (dice_.one_in(2)) send({stepped_switch::first_operator(), actors::read_wallet{wallet}, {}});
}

void simulation::end_well() {
    disk_.bring(simulated_disk::trouble::refused_once, 0);
    part(has_trouble() ? parting::killed : parting::clean);
    while (!switch_) try_to_open();
    look_after_start();
    switch_->settle();
    collect(switch_->store().writer().durable_position(), false);
    switch_->checkpoint();
    notes_.compare(switch_->store().entries());
    if (!pending_.empty()) throw found_wrong{"never answered: key " + pending_.front().key};
    drop();
    verify();
}

void simulation::verify() const {
    const auto report = storage::verify(folder_);
    if (!report) throw found_wrong{report.error().text()};
    if (!report->all_agree()) throw found_wrong{report->text()};
}

void simulation::collect(ledger::journal_position durable, bool may_fail) {
    // In the order in which they were sent: the answers' own order is the switch's business.
    const auto is_answered = [](const attempt& one) { return one.op->reply == nullptr; };
    std::vector<attempt> done;
    std::ranges::copy_if(pending_, std::back_inserter(done), is_answered);
    std::erase_if(pending_, is_answered);
    if (switch_) static_cast<void>(switch_->answered());
    for (const auto& one : done) {
        notes_.answered(one, durable, may_fail);
        street_.learn(one);
        const bool unknown =
            one.op->end == actors::ending::outcome_unknown || one.op->end == actors::ending::read_failed;
        if (unknown && !one.key.empty()) street_.cut_off({one.by, one.asked, one.key});
    }
}

} // namespace meguri::test
