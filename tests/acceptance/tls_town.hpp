// The real program on a ledger of its own that is served over TLS, with an authority for tills' certificates and its
// list of revoked ones, and a till of one merchant that can be bound to a certificate.
#pragma once

#include "tests/support/api_client.hpp"
#include "tests/support/openapi_contract.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_authority.hpp"
#include "tests/support/tls_client.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace meguri::test {

class tls_town {
public:
    tls_town() : operator_key{init_ledger(folder / "ledger")} {
        write_certificate(folder / "switch.pem", folder / "switch_key.pem", "switch");
        chain.write(folder / "chain.pem");
        revoke({});
        write_settings();
        start();
        make_parties();
    }

    void write_settings(std::string_view more = {}) const {
        std::ofstream settings{folder / "meguri.toml"};
        const std::pair<const char*, const char*> files[] = {{"tls_certificate", "switch.pem"},
                                                             {"tls_key", "switch_key.pem"},
                                                             {"tls_client_ca", "chain.pem"},
                                                             {"tls_client_crl", "revoked.pem"}};
        settings << "[server]\n";
        for (const auto& [name, file] : files) settings << name << " = \"" << (folder / file).string() << "\"\n";
        settings << more;
    }
    void revoke(const std::vector<issued_certificate>& all) const { chain.write_revoked(folder / "revoked.pem", all); }

    void start() {
        process_.emplace(folder / "ledger", std::vector<std::string>{"--config", (folder / "meguri.toml").string()});
    }
    void restart() {
        EXPECT_EQ(process_->terminate(), 0) << process_->log();
        start();
    }
    // What the log says of it.
    std::string reload() const {
        const auto before = process_->log().size();
        process_->send(SIGHUP);
        return said_after(before, " settings_");
    }
    // What the log says after its first `before` bytes, once it has that in it.
    [[nodiscard]] std::string said_after(std::size_t before, std::string_view until) const {
        std::string said;
        for (int i = 0; i < 2'000 && (said.find(until) == std::string::npos || !said.ends_with('\n')); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
            said = process_->log().substr(before);
        }
        return said;
    }

    // As the operator, without a certificate: 2xx, or it throws.
    boost::json::value made(const std::string& path, const boost::json::value& body) const {
        tls_client by{process_->port()};
        const auto reply = by.ask("POST", path, fields_of(operator_key, {}), serialize(body));
        EXPECT_EQ(contract_fault("POST", path, reply), "");
        if (reply.status / 100 != 2) throw std::runtime_error{path + ": " + reply.body};
        return boost::json::parse(reply.body);
    }
    // The till's key opens with these certificates alone from now on.
    void bind(const std::vector<std::string>& certificates) const {
        boost::json::array all;
        for (const auto& one : certificates) all.emplace_back(one);
        made("/v1/terminals/" + terminal + "/certificates", {{"certificates", all}, {"reason", "試験"}});
    }
    // One payment by the till's key over that connection: "captured", or the problem's code.
    std::string pays(tls_client& over) const {
        static int number = 0;
        const auto reply = over.ask("POST", "/v1/authorizations", fields_of(till_key, "p" + std::to_string(++number)),
                                    serialize(payment(purse, 1)));
        EXPECT_EQ(contract_fault("POST", "/v1/authorizations", reply), "");
        EXPECT_EQ(reply.has("www-authenticate"), reply.status == 401);
        return reply.status == 201 ? text_at(boost::json::parse(reply.body), "status") : code_of(reply);
    }
    // The same over a new connection that shows the certificate: or "refused", where the handshake fails.
    std::string pays_with(const issued_certificate& shown) const {
        try {
            tls_client over{process_->port(), shown};
            return pays(over);
        } catch (const std::runtime_error&) {
            return "refused";
        }
    }
    std::string pays_without() const {
        tls_client over{process_->port()};
        return pays(over);
    }

    [[nodiscard]] const switch_process& process() const { return *process_; }

    temporary_folder folder;
    std::string operator_key;
    test_authority chain{"chain of shops"};
    std::string merchant;
    std::string terminal;
    std::string till_key;
    small_town::purse purse;

private:
    static http_fields fields_of(const std::string& key, const std::string& idempotency_key) {
        http_fields fields{{"Authorization", "Bearer " + key}, {"Content-Type", "application/json"}};
        if (!idempotency_key.empty()) fields.emplace_back("Idempotency-Key", idempotency_key);
        return fields;
    }
    void make_parties() {
        made("/v1/programs", {{"code", "042021"},
                              {"name", "石巻市アイポイント"},
                              {"expiry_days", 180},
                              {"issuer_kind", "municipality"}});
        merchant = text_at(made("/v1/merchants", {{"name", "市場"}, {"programs", {"042021"}}}), "id");
        const auto till = made("/v1/merchants/" + merchant + "/terminals", {{"name", "レジ1"}});
        terminal = text_at(till, "id");
        till_key = text_at(till, "key");
        purse.id = text_at(made("/v1/wallets", boost::json::object{}), "id");
        purse.card = text_at(made("/v1/wallets/" + purse.id + "/codes", {{"kind", "card"}}), "value");
        tls_client by{process_->port()};
        const boost::json::value grant{
            {"wallet", purse.id}, {"program", "042021"}, {"amount", 5'000}, {"source", "budget:042021:health"}};
        if (by.ask("POST", "/v1/grants", fields_of(operator_key, "grant"), serialize(grant)).status != 201)
            throw std::runtime_error{"no points were granted"};
    }

    std::optional<switch_process> process_;
};

} // namespace meguri::test
