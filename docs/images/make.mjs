// Makes the pictures of the README from a quickstart and an answer of its service.
//
//   amparo quickstart                       (and, while it serves:)
//   curl -s http://127.0.0.1:8080/v1/assessments -H 'content-type: application/json' -d @amparo-quickstart/case.json > proposal.json
//   NODE_PREFIX=target/ci-tools/node CHROMIUM=/usr/bin/chromium node docs/images/make.mjs amparo-quickstart proposal.json
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [quickstart, answer] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const puppeteer = createRequire(resolve(process.env.NODE_PREFIX, 'package.json'))('puppeteer-core');
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });

// The report, from its plots on.
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 1100 });
await page.goto(pathToFileURL(resolve(quickstart, 'report/report.html')).href);
const top = await page.evaluate(() => {
    const heading = [...document.querySelectorAll('h2')].find((h) => h.textContent.trim() === 'Plots');
    return heading.getBoundingClientRect().top + window.scrollY - 10;
});
await page.screenshot({ path: resolve(here, 'report.png'), clip: { x: 0, y: top, width: 1280, height: 1100 } });

// The explanation of one case: a bar for each of the heaviest answers, and one for all others.
const SHOWN = 14;
const proposal = JSON.parse(readFileSync(answer));
const form = JSON.parse(readFileSync(resolve(quickstart, 'registry', proposal.model, String(proposal.version), 'instrument.json')));
const questions = Object.fromEntries(form.indicators.map(({ id, label }) => [id, label.en]));
const { base, values } = proposal.explanation;
const heaviest = [...values].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
const cut = (text) => (text.length > 62 ? `${text.slice(0, 61)}…` : text);
const bars = heaviest.slice(0, SHOWN).map((v) => ({ name: `${cut(questions[v.indicator])}: ${v.answer}`, value: v.value }));
const rest = heaviest.slice(SHOWN);
bars.push({ name: `the other ${rest.length} answers together`, value: rest.reduce((sum, v) => sum + v.value, 0) });
const unit = 190 / Math.max(...bars.map((bar) => Math.abs(bar.value)));
const percent = (p) => (100 * p).toFixed(1);
const { probability, interval, log_odds } = proposal.recidivism;
const escaped = (text) => text.replace(/[<&>]/g, (c) => `&#${c.charCodeAt(0)};`);
const row = ({ name, value }, at) => {
    const width = Math.abs(value) * unit;
    return `<text x="16" y="${84 + 26 * at}">${escaped(name)}</text>
        <rect x="${value < 0 ? 700 - width : 700}" y="${70 + 26 * at}" width="${width}" height="18" fill="${value < 0 ? '#3b6ea5' : '#b5473c'}"/>
        <text x="950" y="${84 + 26 * at}" text-anchor="end">${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}</text>`;
};
await page.setContent(`<body style="margin:0"><svg xmlns="http://www.w3.org/2000/svg" width="960" height="514" font-family="DejaVu Sans, sans-serif" font-size="14">
    <rect width="960" height="514" fill="white"/>
    <text x="16" y="28" font-size="16" font-weight="bold">${proposal.model}@${proposal.version}: probability ${percent(probability)} % [${percent(interval.low)}, ${percent(interval.high)}], proposed level ${proposal.level}</text>
    <text x="16" y="52" fill="#444">Synthetic case. What each answer adds to the log-odds, compared with the training population:</text>
    ${bars.map(row).join('')}
    <text x="16" y="490" fill="#444">base ${base.toFixed(3)} + all values = log-odds ${log_odds.toFixed(3)}</text></svg>`);
await page.screenshot({ path: resolve(here, 'explanation.png'), clip: { x: 0, y: 0, width: 960, height: 514 } });
await browser.close();
