// Bare LMDB: one thread, one commit a payment, default durability.
#include "bench/suite/one_at_a_time.hpp"

#include <lmdb.h>

#include <array>
#include <cstring>
#include <random>

namespace meguri::bench {
namespace {

void expect_success(int result) {
    if (result != MDB_SUCCESS) throw std::runtime_error{std::string{"LMDB: "} + mdb_strerror(result)};
}

template <class T>
MDB_val bytes_of(T& value) {
    return {sizeof value, &value};
}

// Pages align no value.
template <class T>
T value_of(const MDB_val& stored) {
    T value;
    std::memcpy(&value, stored.mv_data, sizeof value);
    return value;
}

struct journal_row {
    std::array<std::uint64_t, 2> key;
    std::uint32_t wallet;
    std::uint32_t merchant;
    std::int64_t amount;
};

class lmdb_peer final : public peer {
public:
    explicit lmdb_peer(const std::string& folder) {
        expect_success(mdb_env_create(&environment_));
        expect_success(mdb_env_set_maxdbs(environment_, 4));
        expect_success(mdb_env_set_mapsize(environment_, std::size_t{8} << 30));
        expect_success(mdb_env_open(environment_, folder.c_str(), 0, 0600));
        begin();
        expect_success(mdb_dbi_open(transaction_, "keys", MDB_CREATE, &keys_));
        expect_success(mdb_dbi_open(transaction_, "wallets", MDB_CREATE | MDB_INTEGERKEY, &wallets_));
        expect_success(mdb_dbi_open(transaction_, "merchants", MDB_CREATE | MDB_INTEGERKEY, &merchants_));
        expect_success(mdb_dbi_open(transaction_, "journal", MDB_CREATE | MDB_INTEGERKEY, &journal_));
        for (std::uint32_t i = 0; i < peer_wallets; ++i) put_balance(wallets_, i, peer_opening_balance);
        for (std::uint32_t i = 0; i < peer_merchants; ++i) put_balance(merchants_, i, 0);
        expect_success(mdb_txn_commit(transaction_));
    }
    ~lmdb_peer() override { mdb_env_close(environment_); }
    lmdb_peer(const lmdb_peer&) = delete;
    lmdb_peer& operator=(const lmdb_peer&) = delete;

    peer_round measure(double seconds) override {
        return one_at_a_time(seconds, [this] { pay(); });
    }

    std::vector<std::string> faults() override {
        expect_success(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction_));
        peer_books books{.acknowledged = acknowledged_};
        MDB_stat keys;
        expect_success(mdb_stat(transaction_, keys_, &keys));
        books.keys = keys.ms_entries;
        books.debited = peer_opening_balance * peer_wallets;
        for (std::uint32_t i = 0; i < peer_wallets; ++i) books.debited -= balance(wallets_, i);
        for (std::uint32_t i = 0; i < peer_merchants; ++i) books.credited += balance(merchants_, i);
        MDB_cursor* cursor = nullptr;
        expect_success(mdb_cursor_open(transaction_, journal_, &cursor));
        for (MDB_val key, row; mdb_cursor_get(cursor, &key, &row, MDB_NEXT) == MDB_SUCCESS; ++books.rows)
            books.journal_sum += value_of<journal_row>(row).amount;
        mdb_cursor_close(cursor);
        mdb_txn_abort(transaction_);
        return faults_of(books);
    }

private:
    void begin() { expect_success(mdb_txn_begin(environment_, nullptr, 0, &transaction_)); }

    void put_balance(MDB_dbi table, std::uint32_t id, std::int64_t amount) {
        MDB_val key = bytes_of(id);
        MDB_val value = bytes_of(amount);
        expect_success(mdb_put(transaction_, table, &key, &value, 0));
    }

    std::int64_t balance(MDB_dbi table, std::uint32_t id) {
        MDB_val key = bytes_of(id);
        MDB_val value;
        expect_success(mdb_get(transaction_, table, &key, &value));
        return value_of<std::int64_t>(value);
    }

    void pay() {
        journal_row row{{random_(), random_()},
                        static_cast<std::uint32_t>(random_() % peer_wallets),
                        static_cast<std::uint32_t>(random_() % peer_merchants),
                        peer_amount};
        begin();
        MDB_val key = bytes_of(row.key);
        MDB_val said = bytes_of(row.amount);
        expect_success(mdb_put(transaction_, keys_, &key, &said, MDB_NOOVERWRITE));
        const auto left = balance(wallets_, row.wallet) - row.amount;
        if (left < 0) throw std::runtime_error{"a wallet ran dry"};
        put_balance(wallets_, row.wallet, left);
        put_balance(merchants_, row.merchant, balance(merchants_, row.merchant) + row.amount);
        auto number = acknowledged_;
        MDB_val position = bytes_of(number);
        MDB_val value = bytes_of(row);
        expect_success(mdb_put(transaction_, journal_, &position, &value, MDB_APPEND));
        expect_success(mdb_txn_commit(transaction_));
        ++acknowledged_;
    }

    MDB_env* environment_ = nullptr;
    MDB_txn* transaction_ = nullptr;
    MDB_dbi keys_ = 0;
    MDB_dbi wallets_ = 0;
    MDB_dbi merchants_ = 0;
    MDB_dbi journal_ = 0;
    std::mt19937_64 random_{1};
    std::uint64_t acknowledged_ = 0;
};

} // namespace

peer_kind lmdb_kind() {
    return {"LMDB", "default: every commit is on disk before the next", std::string{payment_work} + "; one thread",
            [] { return std::string{mdb_version(nullptr, nullptr, nullptr)}; },
            [](const std::string& folder) { return std::make_unique<lmdb_peer>(folder); }};
}

} // namespace meguri::bench
