/* The bar: the benchmarks' programs in C, as an engineer would write them by hand.
 *
 * Pointers stand at index 0 of every dimension; strides count elements; `i` (or `k` on meshes) has stride 1.
 * Names say the variant: `inline` computes everything per point, `rows` keeps Laplacians of the last rows in cache,
 * `columns` solves blocks of columns with the intermediate results in cache, `_nt` stores past the caches.
 * Threads: OpenMP, as many as OMP_NUM_THREADS says.
 */
#include <immintrin.h>
#include <stdlib.h>

typedef double R;
typedef long L;
#define IN const R *restrict
#define OUT R *restrict
#define ROWS 2112
typedef R V __attribute__((vector_size(64), aligned(8), may_alias));

/* A whole line past the caches, by the widest stores of the machine. */
typedef R Line __attribute__((vector_size(64), may_alias));
static inline void stream(R *q, V v) { __builtin_nontemporal_store((Line)v, (Line *)q); }
static inline V load(const R *p) { return *(const V *)p; }

/* out = a */
void copy_plain(OUT o, IN a, L I, L J, L K, L sj, L sk, L tj, L tk) {
#pragma omp parallel for collapse(2) schedule(static)
  for (L k = 0; k < K; k++)
    for (L j = 0; j < J; j++)
      for (L i = 0; i < I; i++) o[i + j * tj + k * tk] = a[i + j * sj + k * sk];
}
void copy_plain_nt(OUT o, IN a, L I, L J, L K, L sj, L sk, L tj, L tk) {
#pragma omp parallel for collapse(2) schedule(static)
  for (L k = 0; k < K; k++)
    for (L j = 0; j < J; j++) {
      R *q = o + j * tj + k * tk;
      const R *p = a + j * sj + k * sk;
      L i = 0;
      if (((size_t)q & 63) == 0)
        for (; i + 8 <= I; i += 8) stream(q + i, load(p + i));
      for (; i < I; i++) q[i] = p[i];
    }
  _mm_sfence();
}

/* horizontal diffusion: out = a - c * limited fluxes of the Laplacian */
#define LAP(p, x, s) (4 * (p)[x] - ((p)[(x) + 1] + (p)[(x) - 1] + (p)[(x) + (s)] + (p)[(x) - (s)]))
static inline R limited(R f, R g) { return f * g > 0 ? 0 : f; }

void hdiff_inline(OUT o, IN a, IN c, L I, L J, L K, L sj, L sk, L tj, L tk) {
#pragma omp parallel for collapse(2) schedule(static)
  for (L k = 0; k < K; k++)
    for (L j = 0; j < J; j++) {
      R *restrict q = o + k * tk + j * tj;
      const R *restrict p = a + k * sk + j * sj, *restrict w = c + k * tk + j * tj;
#pragma omp simd
      for (L i = 0; i < I; i++) {
        R l = LAP(p, i, sj), le = LAP(p, i + 1, sj), lw = LAP(p, i - 1, sj);
        R ln = LAP(p, i + sj, sj), ls = LAP(p, i - sj, sj);
        R e = limited(le - l, p[i + 1] - p[i]), f = limited(l - lw, p[i] - p[i - 1]);
        R n = limited(ln - l, p[i + sj] - p[i]), s = limited(l - ls, p[i] - p[i - sj]);
        q[i] = p[i] - w[i] * (e - f + n - s);
      }
    }
}
static void rolling(OUT o, IN a, IN c, L I, L j0, L j1, L sj, L tj) {
  R b0[ROWS], b1[ROWS], fb[ROWS];
  R *lc = b0 + 8, *ln = b1 + 8, *restrict fy = fb + 8;
  const R *restrict p = a + j0 * sj;
#pragma omp simd
  for (L i = -1; i <= I; i++) lc[i] = LAP(p, i, sj);
#pragma omp simd
  for (L i = 0; i < I; i++) fy[i] = limited(lc[i] - LAP(p, i - sj, sj), p[i] - p[i - sj]);
  for (L j = j0; j < j1; j++) {
    const R *restrict p = a + j * sj, *restrict w = c + j * tj;
    R *restrict l = lc, *restrict m = ln, *restrict q = o + j * tj;
    m[-1] = LAP(p, sj - 1, sj);
    m[I] = LAP(p, sj + I, sj);
#pragma omp simd
    for (L i = 0; i < I; i++) {
      R next = LAP(p, i + sj, sj), n = limited(next - l[i], p[i + sj] - p[i]);
      R e = limited(l[i + 1] - l[i], p[i + 1] - p[i]), f = limited(l[i] - l[i - 1], p[i] - p[i - 1]);
      q[i] = p[i] - w[i] * (e - f + n - fy[i]);
      fy[i] = n;
      m[i] = next;
    }
    R *t = lc;
    lc = ln;
    ln = t;
  }
}
void hdiff_rows(OUT o, IN a, IN c, L I, L J, L K, L sj, L sk, L tj, L tk) {
  const L block = 32;
#pragma omp parallel for collapse(2) schedule(static)
  for (L k = 0; k < K; k++)
    for (L j = 0; j < J; j += block)
      rolling(o + k * tk, a + k * sk, c + k * tk, I, j, j + block < J ? j + block : J, sj, tj);
}
static inline V vlimited(V f, V g) {
  __typeof__(f > f) against = (f * g) > (V){0};
  return (V)((__typeof__(against))f & ~against);
}
#define VLAP(x, s) (4 * load(x) - (load((x) + 1) + load((x) - 1) + load((x) + (s)) + load((x) - (s))))
void hdiff_inline_nt(OUT o, IN a, IN c, L I, L J, L K, L sj, L sk, L tj, L tk) {
#pragma omp parallel for collapse(2) schedule(static)
  for (L k = 0; k < K; k++)
    for (L j = 0; j < J; j++) {
      R *q = o + k * tk + j * tj;
      const R *p = a + k * sk + j * sj, *w = c + k * tk + j * tj;
      for (L i = 0; i + 8 <= I; i += 8) {
        const R *x = p + i;
        V l = VLAP(x, sj), z = load(x);
        V e = vlimited(VLAP(x + 1, sj) - l, load(x + 1) - z), f = vlimited(l - VLAP(x - 1, sj), z - load(x - 1));
        V n = vlimited(VLAP(x + sj, sj) - l, load(x + sj) - z), s = vlimited(l - VLAP(x - sj, sj), z - load(x - sj));
        stream(q + i, z - load(w + i) * (e - f + n - s));
      }
    }
  _mm_sfence();
}

/* implicit vertical advection; u has levels -1..K, w has I+1 columns and K+1 levels.
 * Strides: (uj, uk) of u, (wj, wk) of w, (sj, sk) of all others. */
#define BLOCK 128
void vadv_columns(OUT out, IN u, IN w, IN pos, IN ten, IN stage, R step, L I, L J, L K, L uj, L uk, L wj, L wk,
                  L sj, L sk) {
#pragma omp parallel
  {
    R *cs = aligned_alloc(64, sizeof(R) * BLOCK * K), *ds = aligned_alloc(64, sizeof(R) * BLOCK * K);
#pragma omp for collapse(2) schedule(static)
    for (L j = 0; j < J; j++)
      for (L i0 = 0; i0 < I; i0 += BLOCK) {
        L n = I - i0 < BLOCK ? I - i0 : BLOCK, at = j * sj + i0;
        R cb[BLOCK] = {0}, db[BLOCK] = {0}, x[BLOCK] = {0};
        for (L k = 0; k < K; k++) {
          const R *restrict uu = u + i0 + j * uj + k * uk, *restrict ww = w + i0 + j * wj + k * wk;
          const R *restrict p = pos + at + k * sk, *restrict t = ten + at + k * sk, *restrict g = stage + at + k * sk;
          R *restrict c1 = cs + k * BLOCK, *restrict d1 = ds + k * BLOCK;
#pragma omp simd
          for (L i = 0; i < n; i++) {
            R a = 0.5 * (-0.25 * (ww[i + 1] + ww[i])), c = 0.5 * (0.25 * (ww[i + 1 + wk] + ww[i + wk]));
            R b = step - a - c, ex = a * (uu[i - uk] - uu[i]) + c * (uu[i + uk] - uu[i]);
            R d = step * p[i] + t[i] + g[i] - ex, v = 1 / (b - cb[i] * a);
            cb[i] = c1[i] = c * v;
            db[i] = d1[i] = (d - db[i] * a) * v;
          }
        }
        for (L k = K - 1; k >= 0; k--) {
          const R *restrict p = pos + at + k * sk, *restrict c1 = cs + k * BLOCK, *restrict d1 = ds + k * BLOCK;
          R *restrict q = out + at + k * sk;
#pragma omp simd
          for (L i = 0; i < n; i++) {
            x[i] = d1[i] - c1[i] * x[i];
            q[i] = step * (x[i] - p[i]);
          }
        }
      }
    free(cs);
    free(ds);
  }
}

/* divergence: out[c][k] = sum over 3 edges of vn[e][k] * f[c][n]; rows of ek, ok elements */
void div_columns(OUT o, IN vn, IN f, const int *restrict c2e, L N, L K, L ek, L ok, L fs) {
#pragma omp parallel for schedule(static)
  for (L c = 0; c < N; c++) {
    const int *t = c2e + 3 * c;
    const R *restrict p0 = vn + t[0] * ek, *restrict p1 = vn + t[1] * ek, *restrict p2 = vn + t[2] * ek;
    R w0 = f[c * fs], w1 = f[c * fs + 1], w2 = f[c * fs + 2];
    R *restrict q = o + c * ok;
#pragma omp simd
    for (L k = 0; k < K; k++) q[k] = w0 * p0[k] + w1 * p1[k] + w2 * p2[k];
  }
}

/* a tridiagonal solver on N columns of K adjacent levels, `s` apart; b is 3 + its argument */
#define LEVELS 512
void solve_column(OUT o, IN a, IN b, IN d, L N, L K, L s) {
#pragma omp parallel for schedule(static)
  for (L n = 0; n < N; n++) {
    const R *restrict x = a + n * s, *restrict y = b + n * s, *restrict z = d + n * s;
    R *restrict q = o + n * s, cs[LEVELS], ds[LEVELS], c = 0, e = 0, r = 0;
    for (L k = 0; k < K; k++) {
      R v = 1 / ((3 + y[k]) - c * x[k]);
      e = ds[k] = (z[k] - e * x[k]) * v;
      c = cs[k] = x[k] * v;
    }
    for (L k = K - 1; k >= 0; k--) q[k] = r = ds[k] - cs[k] * r;
  }
}
void solve_lanes(OUT o, IN a, IN b, IN d, L N, L K, L s) {
#pragma omp parallel for schedule(static)
  for (L m = 0; m < N; m += 8) {
    R cs[LEVELS][8], ds[LEVELS][8], c[8] = {0}, e[8] = {0}, r[8] = {0};
    L w = N - m < 8 ? N - m : 8;
    for (L k = 0; k < K; k++)
#pragma omp simd
      for (L l = 0; l < w; l++) {
        L at = (m + l) * s + k;
        R v = 1 / ((3 + b[at]) - c[l] * a[at]);
        e[l] = ds[k][l] = (d[at] - e[l] * a[at]) * v;
        c[l] = cs[k][l] = a[at] * v;
      }
    for (L k = K - 1; k >= 0; k--)
#pragma omp simd
      for (L l = 0; l < w; l++) o[(m + l) * s + k] = r[l] = ds[k][l] - cs[k][l] * r[l];
  }
}
