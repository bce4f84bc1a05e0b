// Ends the region that avx512_begin.h started.
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef UNROLL_ALL
