#include "bench/report/compare.hpp"

#include "bench/quantiles.hpp"
#include "bench/report/field.hpp"
#include "bench/report/mann_whitney.hpp"

#include <algorithm>
#include <cmath>

namespace meguri::bench {
namespace {

struct sample {
    std::string name;
    std::vector<double> figures;
    bool less_is_faster = true;
};

sample sample_of(const measured_run& run) {
    const bool is_closed = !run.offered_per_second.has_value();
    sample made{run.name + (is_closed ? ", answered a second" : ", p99 in us"), {}, !is_closed};
    for (const auto& slot : run.over_time) made.figures.push_back(is_closed ? slot.answered / run.slot_s : slot.p99_us);
    return made;
}

std::vector<sample> samples_of(const record& from) {
    std::vector<sample> all;
    for (const auto& row : from.micro) all.push_back({row.name + ", ns", row.ns, true});
    for (const auto& row : from.peers)
        if (row.status == "measured") all.push_back({row.name + ", a second", row.rounds, false});
    for (const auto& run : from.runs)
        if (!run.over_time.empty()) all.push_back(sample_of(run));
    return all;
}

double noise_of(const std::vector<double>& figures) {
    const double median = quantile(figures, 0.5);
    return median > 0 ? (quantile(figures, 0.75) - quantile(figures, 0.25)) / median : 0;
}

verdict judge(const comparison& of, const sample& before, const sample& after) {
    if (std::min(before.figures.size(), after.figures.size()) < repetitions_min) return verdict::too_few;
    if (of.p >= p_max || std::abs(of.ratio - 1) < least_change) return verdict::within_noise;
    return (of.new_median < of.old_median) == before.less_is_faster ? verdict::faster : verdict::slower;
}

comparison compare_samples(const sample& before, const sample& after) {
    comparison made{.name = before.name,
                    .old_median = quantile(before.figures, 0.5),
                    .new_median = quantile(after.figures, 0.5),
                    .old_noise = noise_of(before.figures),
                    .new_noise = noise_of(after.figures),
                    .p = mann_whitney_p(before.figures, after.figures)};
    if (made.old_median > 0) made.ratio = made.new_median / made.old_median;
    made.says = judge(made, before, after);
    return made;
}

void expect_comparable(const record& old_one, const record& new_one) {
    if (old_one.kind != new_one.kind)
        throw bad_record{new_one.file + ": kind: " + new_one.kind + ", but " + old_one.file + " is of " + old_one.kind};
    for (const auto* const one : {&old_one, &new_one})
        if (!one->valid)
            throw bad_record{one->file + ": valid: false" + (one->faults.empty() ? "" : ", " + one->faults.front())};
}

} // namespace

std::string_view text_of(verdict what) noexcept {
    switch (what) {
    case verdict::faster: return "faster";
    case verdict::slower: return "slower";
    case verdict::within_noise: return "within noise";
    case verdict::too_few: return "too few repetitions";
    case verdict::only_in_old: return "only in old";
    case verdict::only_in_new: return "only in new";
    }
    return "";
}

std::vector<comparison> compare(const record& old_one, const record& new_one) {
    expect_comparable(old_one, new_one);
    const auto before = samples_of(old_one);
    const auto after = samples_of(new_one);
    std::vector<comparison> all;
    for (const auto& one : before) {
        const auto same = std::ranges::find(after, one.name, &sample::name);
        if (same != after.end())
            all.push_back(compare_samples(one, *same));
        else
            all.push_back({.name = one.name, .says = verdict::only_in_old, .old_median = quantile(one.figures, 0.5)});
    }
    for (const auto& one : after)
        if (std::ranges::find(before, one.name, &sample::name) == before.end())
            all.push_back({.name = one.name, .says = verdict::only_in_new, .new_median = quantile(one.figures, 0.5)});
    return all;
}

} // namespace meguri::bench
