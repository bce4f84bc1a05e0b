// The training settings that the engine uses. This list is the only one in C++: the struct below and the addon, which
// reads `call.settings` of binding.d.ts by these names, both follow from it. src/training/settings.ts describes each
// setting and holds its default and its range.
#pragma once

namespace two_layer_net {

// What early stopping watches on the validation rows.
enum class Monitor { kLoss, kAccuracy };

// How a gradient changes the parameters (rules/).
enum class Optimizer { kSgd, kAdam, kAdamW };

// How the rows of minibatches are drawn: each from all rows, or from a permutation of them in each epoch.
enum class Sampling { kReplacement, kPermutation };

// SETTING(type, member, name in JavaScript, neutral value). The neutral value is the one with which a setting has no
// effect; a C++ caller that does not mention the setting gets it. Integers may not be below it.
#define TWO_LAYER_NET_TRAINING_SETTINGS(SETTING)            \
  /* iterations in all, those made before included */       \
  SETTING(int, num_iters, "numIters", 1)                    \
  /* rows in a minibatch */                                 \
  SETTING(int, batch_size, "batchSize", 1)                  \
  /* parts of a minibatch, whose gradients are added as a binary tree; a power of two */ \
  SETTING(int, shards, "shards", 1)                         \
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
  SETTING(Monitor, monitor, "monitor", Monitor::kLoss)       \
  SETTING(Optimizer, optimizer, "optimizer", Optimizer::kSgd) \
  /* of kSgd: the share of the last step that is kept, and whether it looks ahead */ \
  SETTING(double, momentum, "momentum", 0)                  \
  SETTING(bool, nesterov, "nesterov", false)                \
  /* of kAdam and kAdamW */                                 \
  SETTING(double, beta1, "beta1", 0.9)                      \
  SETTING(double, beta2, "beta2", 0.999)                    \
  SETTING(double, epsilon, "epsilon", 1e-8)                 \
  /* of kAdamW */                                           \
  SETTING(double, weight_decay, "weightDecay", 0)           \
  /* the largest norm of a gradient; 0 for any */           \
  SETTING(double, clip_norm, "clipNorm", 0)                 \
  SETTING(Sampling, sampling, "sampling", Sampling::kReplacement) \
  /* shares of the hidden units and of the inputs that a row loses */ \
  SETTING(double, dropout, "dropout", 0)                    \
  SETTING(double, input_dropout, "inputDropout", 0)         \
  /* probability that is spread from the label over all classes */ \
  SETTING(double, label_smoothing, "labelSmoothing", 0)     \
  /* whether pictures are flipped, and by how many pixels they are moved at most */ \
  SETTING(bool, flip, "flip", false)                        \
  SETTING(int, shift, "shift", 0)

struct TrainingSettings {
#define TWO_LAYER_NET_MEMBER(type, member, name, neutral) type member = neutral;
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_MEMBER)
#undef TWO_LAYER_NET_MEMBER
};

}  // namespace two_layer_net
