// A whole switch without its threads: real ledger in a temporary folder, real actors on their unit, the journal's
// writer and the checkpointer stepped by the test. Deterministic: nothing happens that the test did not ask for.
#pragma once

#include "actors/switch_shared.hpp"
#include "actors/switch_thread.hpp"
#include "storage/checkpointer.hpp"
#include "storage/journal_writer.hpp"
#include "storage/store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace meguri::test {

// Collects what has ended.
class answers final : public actors::reply_sink {
public:
    void finished(actors::operation& done) noexcept override { ended_.emplace_back(&done); }
    [[nodiscard]] std::vector<actors::operation_ptr> take() { return std::exchange(ended_, {}); }

private:
    std::vector<actors::operation_ptr> ended_;
};

class stepped_switch {
public:
    // Opens the ledger in the folder; makes a new one where there is none.
    explicit stepped_switch(const std::filesystem::path& folder, std::uint32_t io_threads = 1,
                            const storage::store_settings& settings = {});
    ~stepped_switch();
    stepped_switch(const stepped_switch&) = delete;
    stepped_switch& operator=(const stepped_switch&) = delete;

    // Hands the request over to an io thread; nothing has run yet.
    actors::operation_ptr submit(const actors::principal& by, actors::request asked, std::string key = {},
                                 std::size_t thread = 0);

    bool turn(); // one turn of every io thread; whether any of their actors are still ready
    bool turn(std::size_t index) { return threads_.at(index)->turn(); }
    bool commit();     // one batch of the journal
    void settle();     // turns and batches until nothing moves any more
    void checkpoint(); // the state store follows to the journal's end

    // submit() and settle().
    actors::operation_ptr ask(const actors::principal& by, actors::request asked, std::string key = {});
    // The same, and the fact that it became; throws where it was refused.
    template <class Fact>
    Fact decided(const actors::principal& by, actors::request asked, std::string key = {});

    [[nodiscard]] actors::switch_thread& thread(std::size_t index = 0) { return *threads_.at(index); }
    [[nodiscard]] std::size_t threads() const noexcept { return threads_.size(); }
    // What was answered since the last time.
    [[nodiscard]] std::vector<actors::operation_ptr> answered() { return answers_.take(); }
    [[nodiscard]] storage::store& store() { return *store_; }
    [[nodiscard]] actors::switch_shared& shared() { return *shared_; }
    [[nodiscard]] static actors::principal first_operator();
    // A terminal of the merchant, as authentication would find it.
    [[nodiscard]] static actors::principal outlet(const ledger::outlet_added& added);

    ledger::instant now{1'790'000'000'000}; // 2026-09-21T...; tests turn it

private:
    [[noreturn]] static void refused(const actors::operation& op);

    answers answers_; // outlives those who give them
    std::unique_ptr<storage::store> store_;
    std::unique_ptr<actors::switch_shared> shared_;
    std::vector<std::unique_ptr<actors::switch_thread>> threads_;
};

template <class Fact>
Fact stepped_switch::decided(const actors::principal& by, actors::request asked, std::string key) {
    const auto op = ask(by, std::move(asked), std::move(key));
    const bool has_fact = op->end == actors::ending::decided || op->end == actors::ending::replayed;
    if (!has_fact || !std::holds_alternative<Fact>(op->record.what)) refused(*op);
    return std::get<Fact>(op->record.what);
}

} // namespace meguri::test
