// Another process beside the test's, for what processes do to each other.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <functional>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace meguri::test {

// A process of its own that does something, says whether it went well, and waits to be killed.
class other_process {
public:
    explicit other_process(const std::function<bool()>& does) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            const char done = does() ? 'y' : 'n';
            if (::write(ends[1], &done, 1) == 1) ::pause();
            ::_exit(1);
        }
        ::close(ends[1]); // so that its end is noticed
        char told = 0;
        EXPECT_EQ(::read(ends[0], &told, 1), 1);
        EXPECT_EQ(told, 'y');
        ::close(ends[0]);
    }
    ~other_process() { kill(); }
    other_process(const other_process&) = delete;
    other_process& operator=(const other_process&) = delete;
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(std::exchange(pid_, -1), nullptr, 0);
    }

private:
    pid_t pid_ = -1;
};

} // namespace meguri::test
