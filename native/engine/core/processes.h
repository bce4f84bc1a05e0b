// Processes that train one net together, as a training uses them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "process_group.h"
#include "thread_team.h"

namespace two_layer_net {

// What a training does with its group. All processes of the group make the same calls in the same order.
class Processes {
 public:
  // Null for this process alone; otherwise it must exist as long as this.
  explicit Processes(const ProcessGroup* group) : group_(group) {}

  int rank() const { return group_ ? group_->rank : 0; }
  int size() const { return group_ ? group_->size : 1; }

  // What make() returns in the first process; it is not called in others.
  template <class Make>
  auto of_first(const Make& make) const -> decltype(make()) {
    using Value = decltype(make());
    static_assert(std::is_trivially_copyable_v<Value>);
    if (size() == 1) return make();
    return all_of(rank() == 0 ? make() : Value{})[0];
  }

  // The values of all processes, by rank.
  template <class Value>
  std::vector<Value> all_of(const Value& own) const {
    std::vector<Value> all(size(), own);
    if (size() > 1) group_->gather(group_->context, &own, all.data(), sizeof(Value));
    return all;
  }

  // all ← the `count` numbers of each process, by rank.
  void gather(const double* own, size_t count, double* all) const;

  // The bits that are set in any process.
  uint32_t any(uint32_t bits) const;

  // numbers ← Σ numbers of all processes: those of two neighbours are added, then these sums, and so on, so that each
  // sum has the bits of a binary tree over the processes. The number of processes must be a power of two.
  template <class T>
  void sum(T* numbers, size_t size, ThreadTeam& team) const;

 private:
  const ProcessGroup* group_;
};

extern template void Processes::sum<float>(float*, size_t, ThreadTeam&) const;
extern template void Processes::sum<double>(double*, size_t, ThreadTeam&) const;

}  // namespace two_layer_net
