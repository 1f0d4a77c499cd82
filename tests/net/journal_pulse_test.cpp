#include "net/journal_pulse.hpp"

#include "tests/storage/sample_entries.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <latch>
#include <thread>

namespace meguri::net {
namespace {

// A disk, as the writer sees it, that takes its time: it hears of each batch before the next one begins.
class slow_observer final : public storage::durable_observer {
public:
    void durable(std::span<storage::append_request* const>) noexcept override {
        begun.count_down();
        go_on.wait();
    }
    std::latch begun{1};
    std::latch go_on{1};
};

class no_sink final : public storage::completion_sink {
public:
    void completed(std::span<storage::append_request* const>) noexcept override {}
};

// Whether it comes to say yes again and again.
bool goes_on_beating(journal_pulse& pulse) {
    int beats = 0;
    for (int i = 0; i < 5'000 && beats < 10; ++i) {
        beats = pulse.beats() ? beats + 1 : 0;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return beats == 10;
}

TEST(journal_pulse, stands_still_with_the_writer_and_only_then) {
    const test::temporary_folder folder;
    auto journal = storage::journal::open({.folder = folder.path(), .map_bytes = std::size_t{64} << 20});
    ASSERT_TRUE(journal);
    slow_observer observer;
    no_sink sink;
    storage::journal_writer writer{*journal, {}, observer};
    writer.connect(sink);
    journal_pulse pulse{writer};
    EXPECT_TRUE(pulse.beats()) << "nothing has been asked yet";
    writer.run();
    EXPECT_TRUE(goes_on_beating(pulse)) << "nothing to do";

    storage::append_request first;
    first.record = test::sample_operator(1);
    storage::append_request* const submitted = &first;
    writer.submit({&submitted, 1});
    observer.begun.wait();
    EXPECT_TRUE(pulse.beats()) << "it had nothing to do at the last call";
    EXPECT_FALSE(pulse.beats());
    storage::append_request second;
    second.record = test::sample_operator(2);
    storage::append_request* const waiting = &second;
    writer.submit({&waiting, 1});
    EXPECT_FALSE(pulse.beats());
    observer.go_on.count_down();
    EXPECT_TRUE(goes_on_beating(pulse));
    writer.stop();
}

} // namespace
} // namespace meguri::net
