#include "metrics/family.hpp"

#include "metrics/sample.hpp"

#include <gtest/gtest.h>

namespace meguri::metrics {
namespace {

using enum family_type;

TEST(family, follows_the_rules_of_names) {
    struct row {
        family of;
        bool right;
    };
    for (const auto& [of, right] : {
             row{{"meguri_payments_total", "Payments.", counter}, true},
             row{{"meguri_payment_duration_seconds", "Time.", histogram}, true},
             row{{"meguri_checkpoint_busy_seconds_total", "Time.", counter}, true},
             row{{"meguri_payments_in_flight", "Now.", gauge}, true},
             row{{"payments_total", "Not ours.", counter}, false},
             row{{"meguri_payments", "A counter without _total.", counter}, false},
             row{{"meguri_payments_total", "A gauge with _total.", gauge}, false},
             row{{"meguri_payments_total", "A histogram with _total.", histogram}, false},
             row{{"meguri_wait_ms", "Not a base unit.", gauge}, false},
             row{{"meguri_wait_ms_total", "Not a base unit.", counter}, false},
             row{{"meguri_wait_milliseconds", "Not a base unit.", histogram}, false},
             row{{"meguri_payment_count", "A suffix of histograms.", gauge}, false},
             row{{"meguri_payment_sum", "A suffix of histograms.", gauge}, false},
             row{{"meguri_payment_bucket", "A suffix of histograms.", gauge}, false},
             row{{"meguri_Payments_total", "Not snake_case.", counter}, false},
             row{{"meguri_payments-total", "Not snake_case.", counter}, false},
             row{{"meguri_", "No name.", gauge}, false},
             row{{"meguri_ready", "", gauge}, false},
             row{{"meguri_ready", "Two\nlines.", gauge}, false},
         })
        EXPECT_EQ(follows_name_rules(of), right) << of.name << ": " << of.help;
}

TEST(label, is_one_of_few_and_never_names_a_person_or_a_shop) {
    EXPECT_TRUE(is_bounded_label("stage"));
    EXPECT_TRUE(is_bounded_label("outcome"));
    for (const std::string_view name :
         {"wallet", "wallet_id", "merchant", "terminal", "shop", "key", "reference", "le", ""})
        EXPECT_FALSE(is_bounded_label(name)) << name;
}

} // namespace
} // namespace meguri::metrics
