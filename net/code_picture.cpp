#include "net/code_picture.hpp"

#include "ledger/contract.hpp"

#include <zint.h>

#include <algorithm>
#include <memory>
#include <new>

namespace meguri::net {
namespace {

struct look {
    int number; // libzint's
    int level;  // of error correction, libzint's; 0: its own
    int quiet;  // modules of white beside the symbol, by its standard
    int above;  // and above and below it
    int height; // of a row, in modules
    int line;   // of the text below, in modules; 0: none
};

constexpr look qr_look{BARCODE_QRCODE, 2, 4, 4, 1, 0};
constexpr look code128_look{BARCODE_CODE128, 0, 10, 2, 40, 14};

struct symbol_deleter {
    void operator()(zint_symbol* one) const noexcept { ZBarcode_Delete(one); }
};
using symbol_ptr = std::unique_ptr<zint_symbol, symbol_deleter>;

symbol_ptr encoded(const look& as, std::string_view text) {
    symbol_ptr symbol{ZBarcode_Create()};
    if (symbol == nullptr) throw std::bad_alloc{};
    symbol->symbology = as.number;
    if (as.level != 0) symbol->option_1 = as.level;
    std::string bytes{text};
    const int result =
        ZBarcode_Encode(symbol.get(), reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    if (result == ZINT_ERROR_MEMORY) throw std::bad_alloc{};
    EXPECTS(result == 0);
    return symbol;
}

bool is_dark(const zint_symbol& symbol, int row, int column) noexcept {
    return (symbol.encoded_data[row][column / 8] >> (column % 8) & 1) != 0;
}

// Each run of dark modules is a rectangle of one path.
void draw_modules(std::string& svg, const zint_symbol& symbol, const look& as) {
    svg += "<path d=\"";
    for (int row = 0; row < symbol.rows; ++row)
        for (int column = 0; column < symbol.width;) {
            int end = column;
            while (end < symbol.width && is_dark(symbol, row, end)) ++end;
            if (const int run = end - column; run > 0)
                svg += "M" + std::to_string(as.quiet + column) + " " + std::to_string(as.above + row * as.height) +
                       "h" + std::to_string(run) + "v" + std::to_string(as.height) + "h-" + std::to_string(run) + "z";
            column = std::max(end, column + 1);
        }
    svg += "\"/>";
}

} // namespace

void draw_code(std::string& svg, symbology as, std::string_view text) {
    constexpr std::size_t text_max = 64;
    EXPECTS(as != symbology::none && !text.empty() && text.size() <= text_max);
    const look& how = as == symbology::qr ? qr_look : code128_look;
    const auto symbol = encoded(how, text);
    const int width = symbol->width + 2 * how.quiet;
    const int height = symbol->rows * how.height + 2 * how.above + how.line;
    const auto w = std::to_string(width);
    const auto h = std::to_string(height);
    svg += "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + w + " " + h +
           "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + w + "v" + h + "H0z\"/>";
    draw_modules(svg, *symbol, how);
    if (how.line != 0)
        svg.append("<text x=\"" + std::to_string(width / 2) + "\" y=\"" + std::to_string(height - 4) +
                   "\" font-family=\"monospace\" font-size=\"10\" text-anchor=\"middle\">")
            .append(text)
            .append("</text>");
    svg += "</svg>\n";
}

} // namespace meguri::net
