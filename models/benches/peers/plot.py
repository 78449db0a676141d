"""Growth as a drawing: microseconds a row on a logarithmic scale, one panel for each thing that grows."""

import math

WIDTH, HEIGHT, LEFT, TOP = 250, 210, 76, 46
COLOURS = {"Amparo, one row": "#0b5fa5", "Amparo, batch": "#0b9aa5", "WOODELF, batch": "#b5651d", "LightGBM": "#3a7d34",
           "XGBoost": "#8a3ab9", "shap": "#b02a37"}


def drawn(panels):
    """An SVG of `[(title, {at: {who: microseconds}})]`."""
    values = [value for _, points in panels for of in points.values() for value in of.values()]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    y = lambda value: TOP + HEIGHT * (1 - (math.log10(value) - low) / (high - low))
    width, height = LEFT + len(panels) * (WIDTH + 30), TOP + HEIGHT + 84
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           "<title>Microseconds a row, by trees, depth and background</title>", f'<rect width="{width}" height="{height}" fill="#fff"/>',
           text(LEFT, 18, "microseconds a row, one thread; a logarithmic scale", weight="bold")]
    for decade in range(low, high + 1):
        out.append(text(LEFT - 8, y(10**decade) + 4, f"{10.0**decade:,.10g}", anchor="end"))
    for number, (title, points) in enumerate(panels):
        left = LEFT + number * (WIDTH + 30)
        grid = list(points)
        x = lambda at: left + 14 + (WIDTH - 28) * scale(at, grid)
        out.append(text(left, 38, title))
        for decade in range(low, high + 1):
            out.append(f'<path d="M{left} {y(10**decade):.1f}h{WIDTH}" stroke="#ddd"/>')
        out += [text(x(at), TOP + HEIGHT + 16, f"{at:,}", anchor="middle") for at in grid]
        for who, colour in COLOURS.items():
            line = [(x(at), y(of[who])) for at, of in points.items() if who in of]
            path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in line)
            out.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            out += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>' for px, py in line]
    for number, (who, colour) in enumerate(COLOURS.items()):
        at = LEFT + number * (width - LEFT) / len(COLOURS)
        out += [f'<circle cx="{at + 4:.1f}" cy="{height - 20}" r="4" fill="{colour}"/>', text(at + 14, height - 16, who)]
    return "\n".join(out) + "\n</svg>\n"


def scale(at, grid):
    """From 0 to 1: even steps as they are, and powers of ten by their logarithm."""
    f = math.log10 if grid[-1] > 20 * grid[0] else float
    return (f(at) - f(grid[0])) / (f(grid[-1]) - f(grid[0]))


def text(x, y, words, anchor="start", weight="normal"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>'
