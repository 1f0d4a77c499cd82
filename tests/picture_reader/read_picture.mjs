// read_picture.mjs FILE.svg: draws the picture's paths, four pixels a unit, and prints what a scanner finds in it:
//   QR_CODE 28407193652840719363
// Ends with 1 where it finds nothing, and where the picture has other shapes than the switch draws.
import { readFileSync } from "node:fs";
import {
    BarcodeFormat,
    BinaryBitmap,
    HybridBinarizer,
    MultiFormatReader,
    RGBLuminanceSource,
} from "@zxing/library";

const scale = 4;

function canvasOf(svg) {
    const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).map(Number);
    return { width: width * scale, height: height * scale, pixels: new Uint8ClampedArray(width * height * scale * scale) };
}

// Rectangles alone: M x y h w v height h-w z, and the ground that they lie on.
function draw(canvas, svg) {
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
const canvas = canvasOf(svg);
draw(canvas, svg);
const source = new RGBLuminanceSource(canvas.pixels, canvas.width, canvas.height);
const found = new MultiFormatReader().decode(new BinaryBitmap(new HybridBinarizer(source)));
console.log(`${BarcodeFormat[found.getBarcodeFormat()]} ${found.getText()}`);
