// Many threads that sign at once. One machine may move from thread to thread. `threads panic`, with the library that panics when it is
// told to, has machines panic meanwhile: that is the error ERR_INTERNAL of that machine alone.
#include "host.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 50, PANICS = 2 };

static vector signing;
static int panics;
static pthread_barrier_t together;
// Machines on their way from thread to thread, with their open steps.
static rustpdf_machine *moving[THREADS];
static step open[THREADS];

static void sign(void) {
  rustpdf_machine *machine = start(signing.start);
  step ended = finish(&signing, machine, next(machine, nothing));
  expect_signed(&signing, &ended);
  free_step(&ended);
  rustpdf_machine_free(machine);
}

static void refuse(void) {
  rustpdf_machine *machine = start(cut(signing.start, signing.start.length - 1));
  step ended = next(machine, nothing);
  if (!is_error(&ended, "ERR_FRAME")) fail("a start that is cut is accepted");
  free_step(&ended);
  rustpdf_machine_free(machine);
}

static void panic(void) {
  bytes told = raw_frame("{\"operation\":\"panic\",\"length\":0}");
  rustpdf_machine *machine = start(told);
  for (int time = 0; time < 2; time++) {
    step ended = next(machine, nothing);
    if (!is_error(&ended, "ERR_INTERNAL")) fail("a panic: %.*s", (int)ended.frame.length, ended.frame.data + 4);
    free_step(&ended);
  }
  rustpdf_machine_free(machine);
  free(told.data);
}

static void *work(void *argument) {
  size_t own = *(size_t *)argument, neighbour = (own + 1) % THREADS, third = (own + 2) % THREADS;
  for (int round = 0; round < ROUNDS; round++) {
    moving[own] = start(signing.start);
    open[own] = next(moving[own], nothing);
    pthread_barrier_wait(&together);
    open[neighbour] = finish(&signing, moving[neighbour], open[neighbour]);
    pthread_barrier_wait(&together);
    expect_signed(&signing, &open[third]);
    free_step(&open[third]);
    rustpdf_machine_free(moving[third]);
    if (panics && round < PANICS) panic();
    sign();
    refuse();
    pthread_barrier_wait(&together);
  }
  return NULL;
}

int main(int count, char **arguments) {
  panics = count > 1 && strcmp(arguments[1], "panic") == 0;
  signing = load_vector();
  sign(); // before there are threads
  pthread_t threads[THREADS];
  size_t numbers[THREADS];
  pthread_barrier_init(&together, NULL, THREADS);
  for (size_t at = 0; at < THREADS; at++) {
    numbers[at] = at;
    if (pthread_create(&threads[at], NULL, work, &numbers[at]) != 0) fail("no thread");
  }
  for (size_t at = 0; at < THREADS; at++) pthread_join(threads[at], NULL);
  pthread_barrier_destroy(&together);
  sign();
  free_vector(&signing);
  printf("C: %d threads signed %d times each%s\n", THREADS, 2 * ROUNDS, panics ? ", while machines panicked" : "");
}
