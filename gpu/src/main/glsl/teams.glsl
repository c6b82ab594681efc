// The main function of matrix times vector: gives each team its columns and stores what they sum up to.
// Before including: products(), which each invocation's share comes from, and TEAM, TEAMS, LANE, SUM, COLUMNS.
void main() {
    uint team = group() * TEAMS + TEAM;
    uint tiles = (columns + COLUMNS - 1) / COLUMNS;
    uint row = team / tiles;
    uint column = team % tiles * COLUMNS;
    if (row >= live(rows) || (GATED && COLUMNS == 1 && gateOf(row, column) == 0.0)) {
        return;
    }
    uvec4 from = weightAt + min(uvec4(column, column + 1, column + 2, column + 3), columns - 1) * weightStride;
    vec4 sums = SUM(products(from, xAt + row * xStride));
    if (LANE == 0) {
        finish(row, column, sums.x);
        if (COLUMNS > 1 && column + 1 < columns) {
            finish(row, column + 1, sums.y);
        }
        if (COLUMNS > 2 && column + 2 < columns) {
            finish(row, column + 2, sums.z);
        }
        if (COLUMNS > 3 && column + 3 < columns) {
            finish(row, column + 3, sums.w);
        }
    }
}
