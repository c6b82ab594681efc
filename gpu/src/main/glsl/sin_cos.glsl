// Devices promise little about sin and cos of large angles, so both are computed here: the angle is brought into
// [-pi/4, pi/4] in three parts of pi/2 (Cody and Waite), then Cephes' polynomials.
void sinCos(float angle, out float s, out float c) {
    precise float quarter = floor(angle * 0.636619772367581 + 0.5);
    precise float r = angle - quarter * 1.5703125;
    r = r - quarter * 4.837512969970703e-4;
    r = r - quarter * 7.549789948768648e-8;
    float z = r * r;
    float sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
    float cosine = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
    uint turn = uint(quarter) & 3u;
    s = (turn & 1u) == 0 ? sine : cosine;
    c = (turn & 1u) == 0 ? cosine : sine;
    s = turn >= 2 ? -s : s;
    c = turn == 1 || turn == 2 ? -c : c;
}
