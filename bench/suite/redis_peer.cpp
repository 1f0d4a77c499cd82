// Redis: one Lua script a payment over a unix socket, appendfsync always. The client is our own, so that every payment
// has a key, wallet and merchant of its own.
#include "bench/suite/peer.hpp"
#include "bench/suite/peer_process.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <sstream>
#include <string_view>
#include <system_error>

namespace meguri::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::uint32_t redis_connections = 64;

// 1 approved, 2 repeated, 0 declined.
constexpr const char* pay_script =
    "if redis.call('EXISTS', KEYS[1]) == 1 then return 2 end "
    "if tonumber(redis.call('GET', KEYS[2])) < tonumber(ARGV[1]) then "
    "redis.call('SET', KEYS[1], 'declined') return 0 end "
    "redis.call('DECRBY', KEYS[2], ARGV[1]) redis.call('INCRBY', KEYS[3], ARGV[1]) "
    "redis.call('RPUSH', 'journal', KEYS[1] .. ' ' .. KEYS[2] .. ' ' .. KEYS[3] .. ' ' .. ARGV[1]) "
    "redis.call('SET', KEYS[1], 'approved') return 1";

constexpr const char* open_script = "for i = 0, ARGV[1] - 1 do redis.call('SET', 'w:' .. i, ARGV[3]) end "
                                    "for i = 0, ARGV[2] - 1 do redis.call('SET', 'm:' .. i, '0') end return 1";

// Rows, their sum, what wallets lost, what merchants gained, keys.
constexpr const char* books_script =
    "local rows, sum = 0, 0 for _, row in ipairs(redis.call('LRANGE', 'journal', 0, -1)) do "
    "rows = rows + 1 sum = sum + tonumber(string.match(row, '%d+$')) end "
    "local lost, gained = 0, 0 "
    "for i = 0, ARGV[1] - 1 do lost = lost + ARGV[3] - tonumber(redis.call('GET', 'w:' .. i)) end "
    "for i = 0, ARGV[2] - 1 do gained = gained + tonumber(redis.call('GET', 'm:' .. i)) end "
    "return string.format('%.0f %.0f %.0f %.0f %d', rows, sum, lost, gained, "
    "redis.call('DBSIZE') - ARGV[1] - ARGV[2] - (rows > 0 and 1 or 0))";

std::string request_of(const std::vector<std::string>& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return out;
}

class redis_connection {
public:
    explicit redis_connection(const std::string& path) : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            const int why = errno;
            ::close(socket_);
            throw std::system_error{why, std::generic_category(), "connect to " + path};
        }
    }
    ~redis_connection() { ::close(socket_); }
    redis_connection(const redis_connection&) = delete;
    redis_connection& operator=(const redis_connection&) = delete;

    [[nodiscard]] int socket() const { return socket_; }

    void send(std::string_view rest) const {
        while (!rest.empty()) {
            const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EINTR) throw std::system_error{errno, std::generic_category(), "send"};
            if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    void receive() {
        std::array<char, 65'536> bytes;
        const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (got <= 0) throw std::runtime_error{"Redis closed the connection"};
        unread_.append(bytes.data(), static_cast<std::size_t>(got));
    }

    // The next whole line, if it has arrived.
    std::optional<std::string> line() {
        const auto end = unread_.find("\r\n");
        if (end == std::string::npos) return std::nullopt;
        auto one = unread_.substr(0, end);
        unread_.erase(0, end + 2);
        return one;
    }

    std::string next_line() {
        for (;;) {
            if (auto one = line()) return *one;
            receive();
        }
    }

    // A reply of one value. Throws std::runtime_error with Redis' own words.
    std::string ask(const std::vector<std::string>& words) {
        send(request_of(words));
        const auto first = next_line();
        if (first.starts_with('-')) throw std::runtime_error{"Redis: " + first};
        return first.starts_with('$') ? next_line() : first.substr(1);
    }

    std::deque<steady::time_point> asked;

private:
    int socket_;
    std::string unread_;
};

class redis_peer final : public peer {
public:
    redis_peer(const std::string& folder, std::uint32_t pipeline)
        : pipeline_{pipeline},
          path_{folder + "/redis.sock"},
          server_{{find_program("redis-server", "redis-server"), "--port", "0", "--unixsocket", path_, "--dir", folder,
                   "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"},
                  folder + "/server.log",
                  SIGTERM} {
        server_.wait_until([&] { return answers(); });
        redis_connection setup{path_};
        setup.ask(with_sizes(open_script));
        script_ = setup.ask({"SCRIPT", "LOAD", pay_script});
        for (std::uint32_t i = 0; i < redis_connections; ++i)
            clients_.push_back(std::make_unique<redis_connection>(path_));
    }

    peer_round measure(double seconds) override {
        peer_round round;
        const auto begun = steady::now();
        const auto until = begun + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>{seconds});
        std::vector<pollfd> waits;
        for (const auto& one : clients_) {
            waits.push_back({one->socket(), POLLIN, 0});
            pay(*one, pipeline_);
        }
        while (under_way_ > 0) {
            if (::poll(waits.data(), waits.size(), 5'000) <= 0) throw std::runtime_error{"Redis does not answer"};
            for (std::size_t i = 0; i < waits.size(); ++i)
                if ((waits[i].revents & (POLLIN | POLLHUP)) != 0) read_answers(*clients_[i], until, round);
        }
        round.per_second = static_cast<double>(round.latency.count()) / seconds;
        return round;
    }

    std::vector<std::string> faults() override {
        redis_connection asking{path_};
        std::istringstream said{asking.ask(with_sizes(books_script))};
        peer_books books{.acknowledged = acknowledged_};
        if (!(said >> books.rows >> books.journal_sum >> books.debited >> books.credited >> books.keys))
            return {"its books cannot be read"};
        auto found = faults_of(books);
        if (refused_ > 0) found.push_back(std::to_string(refused_) + " payments were not approved: " + refusal_);
        return found;
    }

private:
    bool answers() {
        try {
            return redis_connection{path_}.ask({"PING"}) == "PONG";
        } catch (const std::exception&) {
            return false; // still starting
        }
    }

    static std::vector<std::string> with_sizes(const char* script) {
        return {"EVAL",
                script,
                "0",
                std::to_string(peer_wallets),
                std::to_string(peer_merchants),
                std::to_string(peer_opening_balance)};
    }

    void pay(redis_connection& client, std::uint32_t count) {
        std::string requests;
        for (std::uint32_t i = 0; i < count; ++i) {
            requests += request_of({"EVALSHA", script_, "3", "k:" + std::to_string(random_()),
                                    "w:" + std::to_string(random_() % peer_wallets),
                                    "m:" + std::to_string(random_() % peer_merchants), std::to_string(peer_amount)});
            client.asked.push_back(steady::now());
        }
        under_way_ += count;
        client.send(requests);
    }

    void read_answers(redis_connection& client, steady::time_point until, peer_round& round) {
        client.receive();
        const auto now = steady::now();
        std::uint32_t answered = 0;
        for (auto said = client.line(); said; said = client.line(), ++answered) {
            const auto asked = client.asked.front();
            client.asked.pop_front();
            if (*said == ":1") {
                ++acknowledged_;
                if (now < until) round.latency.record(static_cast<std::uint64_t>((now - asked).count()));
            } else {
                ++refused_;
                refusal_ = *said;
            }
        }
        under_way_ -= answered;
        if (now < until && answered > 0) pay(client, answered);
    }

    std::uint32_t pipeline_;
    std::string path_;
    peer_process server_;
    std::string script_;
    std::vector<std::unique_ptr<redis_connection>> clients_;
    std::mt19937_64 random_{1};
    std::uint64_t under_way_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t refused_ = 0;
    std::string refusal_;
};

} // namespace

peer_kind redis_kind(std::uint32_t pipeline) {
    const bool alone = pipeline == 1;
    return {alone ? "Redis" : "Redis, pipelined",
            "appendfsync always: the log is on disk before the answers of its turn",
            std::string{payment_work} + "; one Lua script, 64 connections, " + std::to_string(pipeline) +
                " under way on each",
            [] {
                return output_of_command({find_program("redis-server", "redis-server"), "--version"}, "/dev/null");
            },
            [pipeline](const std::string& folder) { return std::make_unique<redis_peer>(folder, pipeline); }};
}

} // namespace meguri::bench
