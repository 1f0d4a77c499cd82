// PostgreSQL: one call of a prepared function a payment, by pgbench over a unix socket, each its own transaction.
#include "bench/suite/peer.hpp"
#include "bench/suite/peer_process.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <unistd.h>

namespace meguri::bench {
namespace {

namespace files = std::filesystem;

constexpr const char* postgres_package = "postgresql-15";

std::string schema() {
    std::ostringstream sql;
    sql << "create table wallet(id int primary key, balance bigint not null check (balance >= 0)) with (fillfactor=50);"
           "create table merchant(id int primary key, balance bigint not null) with (fillfactor=50);"
           "create table answer(key text primary key, said text not null);"
           "create table journal(id bigserial primary key, key text not null, wallet int not null,"
           " merchant int not null, amount bigint not null);"
           "insert into wallet select i, "
        << peer_opening_balance << " from generate_series(1, " << peer_wallets
        << ") i; insert into merchant select i, 0 from generate_series(1, " << peer_merchants
        << ") i; create function pay(k text, w int, m int, a bigint) returns text language plpgsql as $$ begin"
           " insert into answer values (k, 'approved') on conflict do nothing;"
           " if not found then return (select said from answer where key = k); end if;"
           " update wallet set balance = balance - a where id = w and balance >= a;"
           " if not found then update answer set said = 'declined' where key = k; return 'declined'; end if;"
           " update merchant set balance = balance + a where id = m;"
           " insert into journal(key, wallet, merchant, amount) values (k, w, m, a);"
           " return 'approved'; end $$; vacuum analyze;";
    return sql.str();
}

// The server refuses to run as root; setpriv becomes the program itself, so that signals reach it.
std::vector<std::string> as_postgres(std::vector<std::string> command) {
    if (::geteuid() != 0) return command;
    std::vector<std::string> whole{find_program("setpriv", "util-linux"), "--reuid=postgres", "--regid=postgres",
                                   "--clear-groups", "--"};
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

double number_after(const std::string& text, const std::string& words) {
    const auto at = text.find(words);
    if (at == std::string::npos) throw std::runtime_error{"pgbench did not say '" + words + "'"};
    return std::stod(text.substr(at + words.size()));
}

class postgres_peer final : public peer {
public:
    explicit postgres_peer(const std::string& folder) : folder_{folder}, log_{folder + "/tools.log"} {
        if (::geteuid() == 0) output_of_command({"/bin/chown", "postgres:postgres", folder}, "/dev/null");
        const auto data = folder + "/data";
        output_of_command(as_postgres({find_program("initdb", postgres_package), "-D", data, "--auth=trust", "-U",
                                       "postgres", "--encoding=UTF8", "--locale=C"}),
                          log_);
        server_.emplace(as_postgres({find_program("postgres", postgres_package), "-D", data, "-k", folder, "-c",
                                     "listen_addresses=", "-c", "synchronous_commit=on", "-c", "fsync=on", "-c",
                                     "shared_buffers=256MB", "-c", "max_wal_size=4GB"}),
                        folder + "/server.log", SIGINT);
        server_->wait_until([&] { return files::exists(folder + "/.s.PGSQL.5432") && answers(); });
        for (const auto& statement : statements(schema())) ask(statement);
        std::ofstream{folder + "/pay.sql"} << "\\set k random(1, 9223372036854775806)\n\\set w random(1, "
                                           << peer_wallets << ")\n\\set m random(1, " << peer_merchants
                                           << ")\nselect pay(:k, :w, :m, " << peer_amount << ");\n";
    }

    peer_round measure(double seconds) override {
        const auto prefix = folder_ + "/round" + std::to_string(++rounds_);
        const auto said = output_of_command({find_program("pgbench", postgres_package), "-h", folder_, "-U", "postgres",
                                             "-n", "-M", "prepared", "-c", "16", "-j", "1", "-T",
                                             std::to_string(std::max(1, static_cast<int>(seconds))), "-f",
                                             folder_ + "/pay.sql", "-l", "--log-prefix=" + prefix, "postgres"},
                                            log_);
        acknowledged_ += static_cast<std::uint64_t>(number_after(said, "number of transactions actually processed: "));
        peer_round round;
        round.per_second = number_after(said, "tps = ");
        for (const auto& entry : files::directory_iterator{folder_})
            if (entry.path().string().starts_with(prefix + ".")) read_latencies(entry.path(), round.latency);
        return round;
    }

    std::vector<std::string> faults() override {
        std::istringstream said{
            ask("select (select count(*) from journal), (select coalesce(sum(amount), 0) from journal),"
                " (select count(*) from answer where said = 'approved'),"
                " (select " +
                std::to_string(peer_opening_balance * peer_wallets) +
                " - sum(balance) from wallet), (select sum(balance) from merchant)")};
        peer_books books{.acknowledged = acknowledged_};
        if (!(said >> books.rows >> books.journal_sum >> books.keys >> books.debited >> books.credited))
            return {"its books cannot be read"};
        return faults_of(books);
    }

private:
    // Everything up to the function is plain; the function's own semicolons stand between its dollars.
    static std::vector<std::string> statements(const std::string& sql) {
        const auto last = sql.rfind(" vacuum");
        return {sql.substr(0, last), sql.substr(last)};
    }

    bool answers() {
        try {
            ask("select 1");
            return true;
        } catch (const std::runtime_error&) {
            return false; // still starting
        }
    }

    std::string ask(const std::string& sql) {
        return output_of_command({find_program("psql", postgres_package), "-h", folder_, "-U", "postgres", "-X", "-A",
                                  "-t", "-q", "-F", " ", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres"},
                                 log_);
    }

    // A line a transaction: client, number, latency in microseconds, ...
    static void read_latencies(const files::path& path, latency_histogram& into) {
        std::ifstream file{path};
        std::uint64_t latency_us = 0;
        for (std::string line, skipped; std::getline(file, line);) {
            std::istringstream fields{line};
            if (fields >> skipped >> skipped >> latency_us) into.record(latency_us * 1'000);
        }
    }

    std::string folder_;
    std::string log_;
    std::optional<peer_process> server_;
    std::uint64_t acknowledged_ = 0;
    int rounds_ = 0;
};

} // namespace

peer_kind postgres_kind() {
    return {"PostgreSQL", "fsync on, synchronous_commit on: a payment is on disk before its answer",
            std::string{payment_work} + "; one prepared function call, 16 clients of pgbench",
            [] {
                return output_of_command({find_program("postgres", postgres_package), "--version"}, "/dev/null");
            },
            [](const std::string& folder) { return std::make_unique<postgres_peer>(folder); }};
}

} // namespace meguri::bench
