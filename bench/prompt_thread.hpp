// The calling thread before all others of the machine, for as long as this lives: who tells the time of others must not
// wait behind them for a core. Needs the right to (root, or CAP_SYS_NICE); without it everything stays as it is.
#pragma once

namespace meguri::bench {

class prompt_thread {
public:
    prompt_thread();
    ~prompt_thread();
    prompt_thread(const prompt_thread&) = delete;
    prompt_thread& operator=(const prompt_thread&) = delete;

    [[nodiscard]] bool is_granted() const noexcept { return is_granted_; }

private:
    bool is_granted_;
};

} // namespace meguri::bench
