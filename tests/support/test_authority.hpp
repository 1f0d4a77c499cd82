// An authority of client certificates, as a chain of shops would run one for its tills: it signs certificates, good
// ones and bad ones, and says which it has revoked. In memory; PEM files on demand.
#pragma once

#include "tests/support/issued_certificate.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace meguri::test {

struct certificate_wish {
    long begins_s = -60; // from now
    long ends_s = 3'600;
    const char* purpose = "clientAuth"; // extended key usage; null: none is said
};

class test_authority {
public:
    explicit test_authority(const std::string& name);

    [[nodiscard]] issued_certificate issue(const std::string& name, const certificate_wish& wish = {});
    // Its own certificate.
    void write(const std::filesystem::path& file) const;
    // Its list of what it has revoked, good until so many seconds from now.
    void write_revoked(const std::filesystem::path& file, const std::vector<issued_certificate>& revoked,
                       long good_for_s = 3'600) const;

private:
    issued_certificate self_;
    long serial_ = 1;
};

} // namespace meguri::test
