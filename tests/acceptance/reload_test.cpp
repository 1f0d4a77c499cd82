// SIGHUP: the settings file is read again, and what may change while running takes effect for requests and connections
// from then on, under load, without one lost answer; whatever is wrong with the file changes nothing.
#include "tests/acceptance/running_town.hpp"
#include "tests/support/tls_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

// A switch with a settings file that the test changes.
class reloaded_town : public running_town {
public:
    explicit reloaded_town(std::string_view settings = {}) : running_town{settings} {}

    void write(std::string_view settings) { std::ofstream{folder / "meguri.toml"} << settings; }

    // The value of one sample; -1 where there is none.
    [[nodiscard]] double metric(const std::string& sample) const {
        const auto shown = http_client{process.ops_port()}.ask("GET", "/metrics").body;
        const auto at = shown.find('\n' + sample + ' ');
        return at == std::string::npos ? -1 : std::stod(shown.substr(at + sample.size() + 2));
    }

    // Sends the signal and waits until what came of it is counted and logged; whether the settings were taken.
    bool reload() {
        const auto logged = process.log().size();
        const double good = metric(succeeded);
        const double bad = metric(failed);
        process.send(SIGHUP);
        std::string said;
        for (int i = 0; i < 2000 && (said.find(" settings_") == std::string::npos || !said.ends_with('\n')); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
            said = log_after(logged);
        }
        EXPECT_EQ(metric(succeeded) + metric(failed), good + bad + 1);
        const bool taken = metric(succeeded) > good;
        EXPECT_EQ(metric("meguri_settings_last_reload_successful"), taken ? 1 : 0);
        return taken;
    }

    // What the log says after the first `from` bytes.
    [[nodiscard]] std::string log_after(std::size_t from) const { return process.log().substr(from); }

    // The answer to a request of that many bytes that is no payment: 400 where it is admitted.
    [[nodiscard]] int status_of_body(std::size_t bytes) const {
        return status_of_body(api_client{process.port(), town.till_key}, bytes);
    }
    [[nodiscard]] static int status_of_body(api_client over, std::size_t bytes) {
        return over.post_text("/v1/authorizations", std::string(bytes, ' '), {{"Idempotency-Key", "none"}}).status;
    }

private:
    static constexpr const char* succeeded = "meguri_settings_reloads_total{result=\"success\"}";
    static constexpr const char* failed = "meguri_settings_reloads_total{result=\"failure\"}";
};

// Tills that pay one point after the other until the end; each payment is answered 201, or 503 `overloaded`.
class paying_tills {
public:
    paying_tills(const running_town& town, std::size_t tills) {
        for (std::size_t i = 0; i < tills; ++i) threads_.emplace_back([this, &town, i] { pay(town, i); });
    }
    ~paying_tills() {
        enough_ = true;
        for (auto& one : threads_) one.join();
    }
    paying_tills(const paying_tills&) = delete;
    paying_tills& operator=(const paying_tills&) = delete;

    // Waits until so many more were answered.
    void wait_for_more(std::size_t answers) const {
        const std::size_t wanted = paid_ + overloaded_ + answers;
        for (int i = 0; i < 2000 && paid_ + overloaded_ < wanted; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        EXPECT_GE(paid_ + overloaded_, wanted);
    }
    [[nodiscard]] std::size_t paid() const noexcept { return paid_; }
    [[nodiscard]] std::size_t overloaded() const noexcept { return overloaded_; }

private:
    void pay(const running_town& town, std::size_t number) try {
        http_client http{town.process.port()};
        for (std::size_t i = 0; !enough_; ++i) {
            const auto reply = http.ask("POST", "/v1/authorizations",
                                        {{"Authorization", "Bearer " + town.town.till_key},
                                         {"Content-Type", "application/json"},
                                         {"Idempotency-Key", std::to_string(number) + "-" + std::to_string(i)}},
                                        serialize(payment(town.resident(), 1)));
            if (reply.status == 503) {
                EXPECT_EQ(code_of(reply), "overloaded");
                ++overloaded_;
                continue;
            }
            ASSERT_EQ(reply.status, 201) << reply.body;
            ++paid_;
        }
    } catch (const std::exception& why) {
        ADD_FAILURE() << "till " << number << ": " << why.what();
    }

    std::atomic<std::size_t> paid_{0};
    std::atomic<std::size_t> overloaded_{0};
    std::atomic<bool> enough_{false};
    std::vector<std::thread> threads_;
};

TEST(reload, changes_limits_under_load) {
    reloaded_town town;
    paying_tills tills{town, 8};
    tills.wait_for_more(100);
    EXPECT_EQ(town.status_of_body(5000), 400) << "admitted, though no payment";

    town.write("[limits]\nbody_bytes = 1024\nmax_connections = 2\n");
    EXPECT_TRUE(town.reload());
    EXPECT_NE(town.process.log().find("limits.max_connections: 4096 -> 2, limits.body_bytes: 65536 -> 1024"),
              std::string::npos)
        << town.process.log();
    EXPECT_EQ(http_client{town.process.port()}.read_reply().status, 503) << "a further connection";
    tills.wait_for_more(100);
    EXPECT_EQ(reloaded_town::status_of_body(std::move(town.till), 1025), 413) << "an open connection";

    town.write("[limits]\nin_flight_max = 1\n");
    EXPECT_TRUE(town.reload());
    const auto before = tills.overloaded();
    for (int i = 0; i < 100 && tills.overloaded() == before; ++i) tills.wait_for_more(20);
    EXPECT_GT(tills.overloaded(), before);

    town.write("");
    EXPECT_TRUE(town.reload());
    const auto paid = tills.paid();
    tills.wait_for_more(20); // what was on its way
    const auto then = tills.overloaded();
    tills.wait_for_more(200);
    EXPECT_EQ(tills.overloaded(), then);
    EXPECT_GT(tills.paid(), paid);
    EXPECT_EQ(http_client{town.process.port()}.ask("GET", "/openapi.yaml").status, 200);
}

TEST(reload, changes_nothing_where_anything_is_wrong) {
    reloaded_town town{"[limits]\nbody_bytes = 2000\n"};
    const std::string file = (town.folder / "meguri.toml").string();
    const struct {
        std::string_view settings;
        std::string says;
    } rows[]{
        {"[limits]\nbody_bytes = 5000\n[", file + ":3: "},
        {"[limits]\nbody_bytes = 5000\nbody_byte = 3\n", file + ":3: limits.body_byte: no setting has this name"},
        {"[limits]\nbody_bytes = 5000\nidle_timeout_ms = 1\n", file + ":3: limits.idle_timeout_ms: must be 10 to"},
        {"[limits]\nbody_bytes = \"5000\"\n", file + ":2: limits.body_bytes: must be a whole number"},
        {"[limits]\nbody_bytes = 5000\nbulk_body_bytes = 2000\n", file + ":3: limits.bulk_body_bytes: must not be"},
        {"[limits]\nbody_bytes = 5000\n[server]\nio_threads = 2\n[journal]\nmap_gib = 1\n",
         file + ":4: server.io_threads: a restart is needed to change 1 to 2; and for journal.map_gib: 1024 -> 1 "
                "(line 6)"},
        {"[limits]\nbody_bytes = 5000\n[server]\ntls_certificate = \"a.pem\"\ntls_key = \"b.pem\"\n",
         file + ":4: server.tls_certificate: a restart is needed"},
    };
    for (const auto& row : rows) {
        const auto before = town.process.log().size();
        town.write(row.settings);
        EXPECT_FALSE(town.reload()) << row.settings;
        const auto said = town.log_after(before);
        EXPECT_NE(said.find(row.says), std::string::npos) << said;
        EXPECT_EQ(said.find("settings_not_reloaded"), said.rfind("settings_not_reloaded")) << said;
        EXPECT_EQ(town.status_of_body(2001), 413) << row.settings;
    }
    std::filesystem::remove(file);
    EXPECT_FALSE(town.reload());
    town.write("[limits]\nbody_bytes = 5000\n");
    EXPECT_TRUE(town.reload());
    EXPECT_EQ(town.status_of_body(2001), 400);
    EXPECT_EQ(town.status_of_body(5001), 413);
}

TEST(reload, keeps_what_the_command_line_overrides) {
    reloaded_town town;
    town.write("data.dir = \"elsewhere\"\n[server]\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"debug\"\n");
    EXPECT_TRUE(town.reload()) << town.process.log();
    EXPECT_NE(town.process.log().find(R"(settings_reloaded changed="log.level: \"info\" -> \"debug\"")"),
              std::string::npos);
}

TEST(reload, says_that_there_is_no_file) {
    const temporary_folder folder;
    (void)init_ledger(folder / "ledger");
    switch_process process{folder / "ledger"};
    process.send(SIGHUP);
    for (int i = 0; i < 2000 && process.log().find("--config") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_NE(process.log().find("--config"), std::string::npos) << process.log();
    EXPECT_EQ(http_client{process.ops_port()}.ask("GET", "/readyz").status, 200);
    EXPECT_EQ(process.terminate(), 0);
}

// A switch that serves a certificate named "first".
class certified_switch {
public:
    certified_switch() {
        write_certificate(certificate, key, "first");
        write_settings(certificate, key);
        (void)init_ledger(folder_ / "ledger");
        process.emplace(folder_ / "ledger", std::vector<std::string>{"--config", settings_.string()});
    }

    void write_settings(const std::filesystem::path& with_certificate, const std::filesystem::path& with_key) const {
        std::ofstream{settings_} << "[server]\ntls_certificate = \"" << with_certificate.string() << "\"\ntls_key = \""
                                 << with_key.string() << "\"\n";
    }
    // What the log says of it.
    [[nodiscard]] std::string reload() const {
        const auto before = process->log().size();
        process->send(SIGHUP);
        std::string said;
        for (int i = 0; i < 2000 && (said.find(" settings_") == std::string::npos || !said.ends_with('\n')); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
            said = process->log().substr(before);
        }
        return said;
    }
    [[nodiscard]] std::string served() const { return tls_client{process->port()}.server_name(); }
    [[nodiscard]] std::filesystem::path at(const char* name) const { return folder_ / name; }

private:
    temporary_folder folder_;
    std::filesystem::path settings_ = folder_ / "meguri.toml";

public:
    const std::filesystem::path certificate = folder_ / "certificate.pem";
    const std::filesystem::path key = folder_ / "key.pem";
    std::optional<switch_process> process;
};

TEST(reload, serves_new_certificates_to_new_connections) {
    const certified_switch town;
    tls_client old{town.process->port()};
    ASSERT_TRUE(old.connected);
    EXPECT_EQ(old.server_name(), "first");
    const auto ask = [&old] {
        old.send(http_request_text("GET", "/nowhere"));
        return old.read_until("\"}");
    };
    EXPECT_TRUE(ask().starts_with("HTTP/1.1 404"));

    write_certificate(town.certificate, town.key, "second"); // the same files
    EXPECT_NE(town.reload().find("settings_reloaded"), std::string::npos);
    EXPECT_EQ(town.served(), "second");
    EXPECT_TRUE(ask().starts_with("HTTP/1.1 404")) << "the old connection goes on";

    write_certificate(town.at("third.pem"), town.at("third_key.pem"), "third");
    town.write_settings(town.at("third.pem"), town.at("third_key.pem"));
    EXPECT_NE(town.reload().find("server.tls_certificate: "), std::string::npos);
    EXPECT_EQ(town.served(), "third");
}

TEST(reload, keeps_the_certificate_where_the_new_one_is_wrong) {
    const certified_switch town;
    write_certificate(town.at("other.pem"), town.at("other_key.pem"), "other");
    const auto refused = [&](const std::string& names) {
        const auto said = town.reload();
        EXPECT_NE(said.find("meguri.toml:2: server.tls_certificate: "), std::string::npos) << said;
        EXPECT_NE(said.find(names), std::string::npos) << said;
        EXPECT_EQ(town.served(), "first");
    };
    town.write_settings(town.at("other.pem"), town.key);
    refused(town.key.string() + ": ");
    town.write_settings(town.at("none.pem"), town.key);
    refused("none.pem");
    std::ofstream{town.at("nonsense.pem")} << "no key";
    town.write_settings(town.certificate, town.at("nonsense.pem"));
    refused("nonsense.pem");
}

} // namespace
} // namespace meguri::test
