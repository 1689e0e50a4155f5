# One function per kind of target. A room is a static library; its floor is written in the root file.

add_library(cupel_options INTERFACE)
target_compile_features(cupel_options INTERFACE cxx_std_23)
target_compile_options(cupel_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  # C++20 designated initializers leave members at their defaults on purpose.
  -Wno-missing-field-initializers
  $<$<BOOL:${CUPEL_WERROR}>:-Werror>)
if(CUPEL_SANITIZE)
  target_compile_options(cupel_options INTERFACE
    -fsanitize=${CUPEL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(cupel_options INTERFACE -fsanitize=${CUPEL_SANITIZE})
endif()
if(CUPEL_FUZZ)
  target_compile_options(cupel_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CUPEL_COVERAGE)
  target_compile_options(cupel_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(cupel_options INTERFACE --coverage)
endif()

# cupel_room(metrics SOURCES … PUBLIC … PRIVATE …)
# The mirror test of each source (tests/<path>_test.cc) is found by its name.
function(cupel_room name)
  cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;PUBLIC;PRIVATE")
  add_library(cupel_${name} STATIC ${ROOM_SOURCES})
  add_library(cupel::${name} ALIAS cupel_${name})
  target_include_directories(cupel_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(cupel_${name} PUBLIC ${ROOM_PUBLIC} PRIVATE cupel_options ${ROOM_PRIVATE})
  foreach(source IN LISTS ROOM_SOURCES)
    cmake_path(REMOVE_EXTENSION source OUTPUT_VARIABLE stem)
    if(EXISTS ${PROJECT_SOURCE_DIR}/tests/${stem}_test.cc)
      set_property(GLOBAL APPEND PROPERTY CUPEL_TESTS ${PROJECT_SOURCE_DIR}/tests/${stem}_test.cc)
    endif()
  endforeach()
endfunction()
