// A table of banks with a few of them, as `./dev banks` makes the whole one.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <string>

namespace meguri::test {

class small_bank_table {
public:
    small_bank_table() {
        std::ofstream{folder_ / "banks.tsv"} << "meguri-banks 1\tzengin-code 1.0.0-p20260824\t2026-11-26\n"
                                                "bank\t0125\t七十七\tシチジユウシチ\n"
                                                "branch\t0125\t404\t石巻\tイシノマキ\n"
                                                "bank\t0182\t肥後\tヒゴ\n"
                                                "branch\t0182\t222\t内牧\tウチノマキ\n"
                                                "bank\t1172\t石巻信金\tイシノマキシンキン\n"
                                                "branch\t1172\t001\t本店\tホンテン\n"
                                                "bank\t9900\tゆうちよ\tユウチヨ\n"
                                                "branch\t9900\t008\t〇〇八\tゼロゼロハチ\n";
    }
    [[nodiscard]] std::string settings() const {
        return "[banks]\ntable = \"" + (folder_ / "banks.tsv").string() + "\"\n";
    }

private:
    temporary_folder folder_;
};

} // namespace meguri::test
