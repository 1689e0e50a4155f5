# LibTorch at CUPEL_TORCH: a folder with include and lib, unpacked from pytorch.org or site-packages/torch. Its own CMake
# package wants the whole CUDA toolkit; nothing here is compiled for CUDA, and what the libraries need they find themselves.
function(cupel_torch_at folder)
  if(NOT EXISTS ${folder}/lib/libtorch_cpu.so)
    message(FATAL_ERROR "CUPEL_TORCH=${folder} has no lib/libtorch_cpu.so; name the folder of LibTorch, or site-packages/torch")
  endif()
  set(version "")
  foreach(part MAJOR MINOR)
    foreach(header torch/csrc/api/include/torch/version.h torch/headeronly/version.h)   # the second in newer ones
      if(EXISTS ${folder}/include/${header})
        file(STRINGS ${folder}/include/${header} lines REGEX "define TORCH_VERSION_${part} ")
        if(lines MATCHES "([0-9]+)$")
          list(APPEND version ${CMAKE_MATCH_1})
        endif()
      endif()
    endforeach()
  endforeach()
  list(JOIN version . version)
  if(version VERSION_LESS 2.6)
    message(FATAL_ERROR "LibTorch at ${folder} is ${version}; 2.6 or newer is needed")
  endif()
  file(STRINGS ${folder}/share/cmake/Torch/TorchConfig.cmake old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
  if(old_abi)
    message(FATAL_ERROR "LibTorch at ${folder} has the old C++ ABI, as wheels before 2.7 have; take a newer one, or its cxx11-abi archive")
  endif()
  message(STATUS "LibTorch ${version}: ${folder}")
  add_library(torch INTERFACE)
  file(GLOB own_fmt ${folder}/include/fmt/format-inl.h)
  target_include_directories(torch SYSTEM INTERFACE ${folder}/include ${folder}/include/torch/csrc/api/include)
  # Newer ones bring headers of their own fmt, which hide those of the library that is linked.
  target_compile_definitions(torch INTERFACE $<$<BOOL:${own_fmt}>:FMT_HEADER_ONLY>)
  # libtorch.so brings libtorch_cuda.so along where there is one.
  target_link_libraries(torch INTERFACE
    -Wl,--no-as-needed ${folder}/lib/libtorch.so -Wl,--as-needed
    ${folder}/lib/libtorch_cpu.so ${folder}/lib/libc10.so)
  # That of 2.11 exports std::filesystem functions of its own, whose remove_all calls a null pointer: in a program that is
  # linked with it, libstdc++ must be searched first.
  target_link_options(torch INTERFACE -Wl,--allow-shlib-undefined "SHELL:-Wl,--no-as-needed -lstdc++ -Wl,--as-needed")
endfunction()
