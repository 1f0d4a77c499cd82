// Writes HTML that is XML too: what is opened is closed, and every text and value is escaped, wherever it came from.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

class markup {
public:
    struct attribute {
        std::string_view name;
        std::string value;
    };
    using attributes = std::initializer_list<attribute>;

    markup& open(std::string_view tag, attributes with = {});
    markup& close();
    markup& text(std::string_view content);
    // Opened, filled and closed.
    markup& element(std::string_view tag, attributes with, std::string_view content);
    // One that holds nothing, as <br/>.
    markup& empty(std::string_view tag, attributes with = {});
    // Text that is ours and is no markup of the page, as a style sheet: without "<" and "&".
    markup& verbatim(std::string_view content);

    // Closes what is open; the whole text.
    [[nodiscard]] std::string finish();

private:
    void begin(std::string_view tag, attributes with);

    std::string out_;
    std::vector<std::string> opened_;
};

} // namespace meguri::bench
