#include "net/reader/pin_entry.hpp"

#include "net/reader/reader_error.hpp"

#include <cerrno>
#include <csignal>
#include <string_view>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace meguri::net::reader {
namespace {

// Puts the terminal back as it was, whatever happens. Signals that end the process take effect after that: they stay
// pending, and whoever waits for a key is woken by them.
class silent_terminal {
public:
    silent_terminal() : opened_{::open("/dev/tty", O_RDWR | O_CLOEXEC)} {
        if (opened_ < 0 || ::tcgetattr(opened_, &before_) != 0) {
            if (opened_ >= 0) ::close(opened_);
            throw reader_error{exit_status::failed, "there is no terminal to ask for the PIN at"};
        }
        sigset_t interrupts;
        ::sigemptyset(&interrupts);
        for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) ::sigaddset(&interrupts, one);
        ::sigprocmask(SIG_BLOCK, &interrupts, &allowed_);
        signals_ = ::signalfd(-1, &interrupts, SFD_CLOEXEC);
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
        // What was typed before the question is no answer to it.
        ::tcsetattr(opened_, TCSAFLUSH, &silent);
    }
    ~silent_terminal() {
        ::tcsetattr(opened_, TCSAFLUSH, &before_);
        ::close(signals_);
        ::close(opened_);
        ::sigprocmask(SIG_SETMASK, &allowed_, nullptr);
    }
    silent_terminal(const silent_terminal&) = delete;
    silent_terminal& operator=(const silent_terminal&) = delete;

    // The next character, or 0 at the end of all input. Throws reader_error where a signal came instead.
    [[nodiscard]] char next() const {
        std::array<pollfd, 2> either{{{opened_, POLLIN, 0}, {signals_, POLLIN, 0}}};
        while (::poll(either.data(), either.size(), -1) < 0)
            if (errno != EINTR) return 0;
        if (either[1].revents != 0) throw reader_error{exit_status::failed, "no PIN was typed"};
        char typed = 0;
        return ::read(opened_, &typed, 1) == 1 ? typed : '\0';
    }
    void say(std::string_view text) const { (void)!::write(opened_, text.data(), text.size()); }

private:
    int opened_;
    int signals_ = -1;
    termios before_{};
    sigset_t allowed_{};
};

} // namespace

pin_entry::pin_entry() noexcept { (void)::mlock(digits_.data(), digits_.size()); }

pin_entry::~pin_entry() {
    OPENSSL_cleanse(digits_.data(), digits_.size());
    (void)::munlock(digits_.data(), digits_.size());
}

void pin_entry::ask() {
    const silent_terminal terminal;
    terminal.say("PIN of the card (4 digits): ");
    std::size_t count = 0;
    bool fits = true;
    char typed = terminal.next();
    for (; typed != 0 && typed != '\n' && typed != '\r'; typed = terminal.next()) {
        fits = fits && count < length && typed >= '0' && typed <= '9';
        if (fits) digits_[count++] = typed;
    }
    OPENSSL_cleanse(&typed, sizeof typed);
    terminal.say("\n");
    // Refused here, so that a slip of the finger costs no try.
    if (!fits || count != length)
        throw reader_error{exit_status::wrong_pin, "a PIN has four digits; the card was not asked"};
}

} // namespace meguri::net::reader
