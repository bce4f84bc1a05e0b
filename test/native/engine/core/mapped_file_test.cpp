#include "../../../../native/engine/core/mapped_file.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>

#if __has_include(<sys/mman.h>)
#include <unistd.h>

namespace two_layer_net {
namespace {

// A file without a name that holds `text`, then zeros up to `size`.
class Temporary {
 public:
  Temporary(const std::string& text, size_t size) : file_(std::tmpfile()) {
    EXPECT_NE(file_, nullptr);
    EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file_), text.size());
    std::fflush(file_);
    truncate_to(size);
  }
  ~Temporary() { std::fclose(file_); }

  int descriptor() const { return fileno(file_); }
  void truncate_to(size_t size) const { EXPECT_EQ(ftruncate(descriptor(), static_cast<off_t>(size)), 0); }
  char first() const {
    char byte = 0;
    EXPECT_EQ(pread(descriptor(), &byte, 1, 0), 1);
    return byte;
  }

 private:
  std::FILE* file_;
};

TEST(MappedFile, HoldsTheBytesOfTheFileWhichWritesDoNotChange) {
  const Temporary file("rows", 10'000);
  const auto mapped = MappedFile::map(file.descriptor(), 10'000, "rows.npy");
  ASSERT_NE(mapped, nullptr);
  EXPECT_EQ(mapped->size(), 10'000u);
  auto* bytes = static_cast<char*>(mapped->data());
  EXPECT_EQ(std::memcmp(bytes, "rows\0", 5), 0);
  EXPECT_EQ(bytes[9'999], 0);
  bytes[0] = 'R';
  EXPECT_EQ(file.first(), 'r');
}

TEST(MappedFile, IsFoundByItsAddressesUntilNobodyHoldsIt) {
  const Temporary one("1", 5'000), two("2", 5'000);
  auto first = MappedFile::map(one.descriptor(), 5'000, "one");
  const auto second = MappedFile::map(two.descriptor(), 5'000, "two");
  const char* begin = static_cast<const char*>(first->data());
  EXPECT_EQ(MappedFile::at(begin), first);
  EXPECT_EQ(MappedFile::at(begin + 4'999), first);
  EXPECT_NE(MappedFile::at(begin + 5'000), first);
  EXPECT_EQ(MappedFile::at(second->data()), second);
  const auto held = MappedFile::at(begin);
  first.reset();
  EXPECT_EQ(MappedFile::at(begin), held);
  EXPECT_EQ(*begin, '1');
  const int local = 0;
  EXPECT_EQ(MappedFile::at(&local), nullptr);
}

TEST(MappedFile, IsNullIfTheSystemRefuses) { EXPECT_EQ(MappedFile::map(-1, 1, "nothing"), nullptr); }

// Sanitizers would say more than the message.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(MappedFileDeathTest, SaysThatTheFileBecameShorter) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const Temporary file("rows", 100'000);
        const auto mapped = MappedFile::map(file.descriptor(), 100'000, "rows.npy");
        file.truncate_to(10);
        std::printf("%d", static_cast<const volatile char*>(mapped->data())[99'999]);
      },
      testing::KilledBySignal(SIGBUS), "two-layer-net: rows.npy became shorter while it was mapped into memory");
}
#endif

}  // namespace
}  // namespace two_layer_net

#endif
