/// A child process that is spoken to through its three standard streams.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace cupel {

/// The child leads a process group of its own, which ends with this object: no signal of a terminal
/// reaches it, and what it starts does not outlive it unless that leaves the group. It inherits the
/// environment, default signals, and no descriptor but the three. No signal of its pipes (SIGPIPE)
/// reaches the caller.
class ChildProcess {
 public:
  /// Starts `argv` in `folder`, without a shell: the first word is looked up in PATH unless it
  /// holds a slash. Throws Error{kCapability} when it cannot be started.
  ChildProcess(const std::vector<std::string>& argv, const std::filesystem::path& folder);
  /// As stop().
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits until bytes can be moved, `wait` at most, and moves them: the front of `input` to the
  /// child (what it took is removed; that is nothing once it closed its end), and what it wrote to
  /// the buffers here.
  void pump(std::string_view& input, std::chrono::milliseconds wait);

  /// The next whole line of its standard output, without its end.
  [[nodiscard]] std::optional<std::string> take_line();
  /// What stands in the buffer beside the lines that were taken.
  [[nodiscard]] const std::string& output() const { return output_; }
  /// The last 8 KiB of its standard error.
  [[nodiscard]] const std::string& errors() const { return errors_; }
  /// Nothing more will come: it closed its output or has ended.
  [[nodiscard]] bool silent() const { return out_ < 0; }

  /// Closes its input, waits a second for it to end, kills what is left of its group, and says how
  /// it ended: "exited with status 3", "was ended by signal 11 (Segmentation fault)", "closed its
  /// output" for one that would not end.
  std::string stop();

 private:
  void receive(int& fd, std::string& buffer);
  void send(std::string_view& input);
  [[nodiscard]] bool exited() const;
  [[nodiscard]] std::string reap();

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string output_;
  std::size_t scanned_ = 0;  // bytes of output_ that hold no line break
  std::string errors_;
};

}  // namespace cupel
