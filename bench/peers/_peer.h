// Shared by the C++ peers: the dialogue of one JSON line at a time (bench/peer.ts).
#pragma once
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace peer {

struct Shape {
  int D, H, C, N, rows;
};

inline int threads() { return std::atoi(std::getenv("OMP_NUM_THREADS")); }

// Returns the number after "key": in a request.
inline long number(const std::string& line, const char* key) {
  const size_t at = line.find(std::string("\"") + key + "\":");
  return at == std::string::npos ? 0 : std::atol(line.c_str() + at + std::strlen(key) + 3);
}

// Random numbers without zeros or tiny values.
inline std::vector<float> random_numbers(size_t size) {
  std::vector<float> values(size);
  unsigned state = 1;
  for (float& value : values) value = float((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24) - 0.5f;
  return values;
}

// Introduces the peer, then answers until standard input ends. `make_step` prepares a shape and returns a function that
// computes the two large products of one step: hidden (N, H) = X (N, D) · W1 (D, H), and W1 += Xᵀ · dhidden.
inline void serve(const char* name, const char* version, const std::function<std::function<void()>(Shape)>& make_step) {
  std::cout << "{\"name\": \"" << name << "\", \"version\": \"" << version << "\", \"threads\": " << threads()
            << ", \"dtype\": \"float32\", \"work\": \"products\"}" << std::endl;
  std::function<void()> step;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      if (line.find("\"prepare\"") != std::string::npos) {
        const auto size = [&line](const char* key) { return int(number(line, key)); };
        step = make_step({size("D"), size("H"), size("C"), size("N"), size("rows")});
        for (int i = 0; i < 3; i++) step();
        std::cout << "{\"ready\": true}" << std::endl;
      } else {
        const auto start = std::chrono::steady_clock::now();
        for (long i = number(line, "run"); i > 0; i--) step();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::cout << "{\"seconds\": " << took.count() << "}" << std::endl;
      }
    } catch (const std::exception& error) {
      std::cout << "{\"failed\": \"" << error.what() << "\"}" << std::endl;
    }
  }
}

}  // namespace peer
