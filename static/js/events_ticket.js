// Draws the ticket as a picture, so that it can be kept where there is no network.
const WIDTH = 900;
const MARGIN = 64;
const FONT = getComputedStyle(document.body).fontFamily;
const BLUE = "#0a3f6c";
const INK = "#17212c";
const GREY = "#5c6977";

function wrap(pen, text, width) {
  const lines = [""];
  for (const part of text.match(/[\w'’.,:;()+–-]+\s*|./gu) ?? []) {
    const longer = lines.at(-1) + part;
    if (pen.measureText(longer.trimEnd()).width > width && lines.at(-1)) lines.push(part);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function write(pen, text, { x = MARGIN, y, size, weight = 400, colour = INK, width = WIDTH - 2 * MARGIN, centre = false }) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.textAlign = centre ? "center" : "left";
  pen.textBaseline = "top";
  for (const line of wrap(pen, text, width)) {
    pen.fillText(line, centre ? WIDTH / 2 : x, y);
    y += size * 1.45;
  }
  return y;
}

function paint(pen, ticket, picture, height) {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, WIDTH, height);
  const measured = document.createElement("canvas").getContext("2d");
  const headBottom = write(measured, ticket.event, { y: 120, size: 46, weight: 700 }) + 36;
  pen.fillStyle = BLUE;
  pen.fillRect(0, 0, WIDTH, headBottom);
  write(pen, ticket.brand, { y: 52, size: 28, weight: 600, colour: "#c9dff2" });
  write(pen, ticket.event, { y: 120, size: 46, weight: 700, colour: "#fff" });
  const side = 560;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(picture, (WIDTH - side) / 2, headBottom + 24, side, side);
  let y = write(pen, ticket.code, { y: headBottom + side + 36, size: 52, weight: 700, centre: true }) + 28;
  for (const [text, size, weight, colour] of [
    [[ticket.name, ticket.role].join(" · "), 40, 650, INK],
    [ticket.party, 32, 400, GREY],
    [ticket.time, 32, 400, INK],
    [ticket.place, 32, 400, INK],
  ]) {
    if (text) y = write(pen, text, { y, size, weight, colour }) + 12;
  }
  return y + MARGIN - 12;
}

async function load(address) {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  return picture;
}

async function draw(ticket) {
  const picture = await load(ticket.qr);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 4000;
  const height = Math.ceil(paint(canvas.getContext("2d"), ticket, picture, 4000));
  canvas.height = height; // changing it clears the canvas
  paint(canvas.getContext("2d"), ticket, picture, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

const ticket = document.querySelector("[data-ticket]");
const saving = document.querySelector("[data-save-ticket]");
saving?.addEventListener("click", async (event) => {
  event.preventDefault();
  try {
    const address = URL.createObjectURL(await draw(ticket.dataset));
    document.querySelector("[data-ticket-image]").src = address;
    document.querySelector("[data-ticket-download]").href = address;
    document.getElementById("ticket-image").showModal();
  } catch {
    window.location.assign(saving.href); // the QR code alone is better than nothing
  }
});
