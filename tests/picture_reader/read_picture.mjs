// read_picture.mjs FILE.svg: draws the picture's paths and prints what a scanner finds in it. As a scanner looks at frame
// after frame, this one looks at several sizes, each as a photograph and as a clean picture:
//   QR_CODE 28407193652840719363
// Ends with 1 where it finds nothing, and where the picture has other shapes than the switch draws.
import { readFileSync } from "node:fs";
import {
    BarcodeFormat,
    BinaryBitmap,
    DecodeHintType,
    GlobalHistogramBinarizer,
    HybridBinarizer,
    MultiFormatReader,
    RGBLuminanceSource,
} from "@zxing/library";

function canvasOf(svg, scale) {
    const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).map(Number);
    return { width: width * scale, height: height * scale, pixels: new Uint8ClampedArray(width * height * scale * scale) };
}

// Rectangles alone: M x y h w v height h-w z, and the ground that they lie on.
function draw(canvas, svg, scale) {
    for (const [, fill, path] of svg.matchAll(/<path(?: fill="(#fff)")? d="([^"]*)"\/>/g)) {
        const shade = fill ? 255 : 0;
        const rectangle = /M(\d+) (\d+)h(\d+)v(\d+)(?:h-\3|H\1)z/y;
        while (rectangle.lastIndex < path.length) {
            const found = rectangle.exec(path);
            if (!found) throw new Error(`no rectangles: ${path}`);
            const [x, y, w, h] = found.slice(1).map((text) => Number(text) * scale);
            for (let row = y; row < y + h; ++row) canvas.pixels.fill(shade, row * canvas.width + x, row * canvas.width + x + w);
        }
    }
}

const svg = readFileSync(process.argv[2], "utf8");

function look(scale, Binarizer, hints) {
    const canvas = canvasOf(svg, scale);
    draw(canvas, svg, scale);
    const source = new RGBLuminanceSource(canvas.pixels, canvas.width, canvas.height);
    try {
        return new MultiFormatReader().decode(new BinaryBitmap(new Binarizer(source)), new Map(hints));
    } catch {
        return null; // nothing in this frame
    }
}

const views = [4, 3, 6, 8].flatMap((scale) => [
    [scale, HybridBinarizer, [[DecodeHintType.TRY_HARDER, true]]],
    [scale, GlobalHistogramBinarizer, [[DecodeHintType.PURE_BARCODE, true]]],
]);
let found = null;
for (const view of views) found ??= look(...view);
if (!found) {
    console.log("nothing found");
    process.exit(1);
}
console.log(`${BarcodeFormat[found.getBarcodeFormat()]} ${found.getText()}`);
