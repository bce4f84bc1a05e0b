// The training settings that the engine uses. This list is the only one in C++: the struct below and the addon, which
// reads `call.settings` of binding.d.ts by these names, both follow from it. src/training/settings.ts describes each
// setting and holds its default and its range.
#pragma once

namespace two_layer_net {

// What early stopping watches on the validation rows.
enum class Monitor { kLoss, kAccuracy };

// SETTING(type, member, name in JavaScript, neutral value). The neutral value is the one with which a setting has no
// effect; a C++ caller that does not mention the setting gets it. Integers may not be below it.
#define TWO_LAYER_NET_TRAINING_SETTINGS(SETTING)            \
  /* iterations in all, those made before included */       \
  SETTING(int, num_iters, "numIters", 1)                    \
  /* rows in a minibatch */                                 \
  SETTING(int, batch_size, "batchSize", 1)                  \
  /* of the first iteration that is made */                 \
  SETTING(double, learning_rate, "learningRate", 0)         \
  /* factor on the learning rate after each epoch */        \
  SETTING(double, learning_rate_decay, "learningRateDecay", 1) \
  /* in ½ · reg · (ΣW1² + ΣW2²) */                          \
  SETTING(double, reg, "reg", 0)                            \
  /* rows count as multiplied by it (UpdateInputs::of_W1) */ \
  SETTING(double, input_scale, "inputScale", 1)             \
  /* epochs without a gain after which training ends; 0 for never */ \
  SETTING(int, patience, "patience", 0)                     \
  /* what counts as a gain */                               \
  SETTING(double, min_gain, "minGain", 0)                   \
  /* of the loss or of the accuracy */                      \
  SETTING(Monitor, monitor, "monitor", Monitor::kLoss)

struct TrainingSettings {
#define TWO_LAYER_NET_MEMBER(type, member, name, neutral) type member = neutral;
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_MEMBER)
#undef TWO_LAYER_NET_MEMBER
};

}  // namespace two_layer_net
