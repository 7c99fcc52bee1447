// Mistakes of a caller of the C interface that are not undefined: each one is an error with a code, loses no memory and changes nothing.
//
// `misuse leak` and `misuse twice` are mistakes that the sanitizer has to notice: test.sh makes sure that it does.
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static vector signing;

static void expect_error(step got, const char *codes, const char *mistake) {
  if (!is_error(&got, codes)) fail("%s: %s expected, and not %.*s", mistake, codes, (int)got.frame.length, got.frame.data + 4);
  free_step(&got);
}

// Signs, and calls a function at each question, with the answer that it is going to get.
static void sign_with(void (*visit)(rustpdf_machine *, const step *, bytes)) {
  rustpdf_machine *machine = start(signing.start);
  step asked = next(machine, nothing);
  while (strcmp(name_of(&asked), "done") != 0) {
    bytes answer = right_answer(&signing, &asked);
    visit(machine, &asked, answer);
    free_step(&asked);
    asked = next(machine, answer);
    free(answer.data);
  }
  expect_signed(&signing, &asked);
  free_step(&asked);
  expect_error(next(machine, nothing), "ERR_MACHINE_DONE", "a step after the last");
  expect_error(next(machine, (bytes){NULL, 0}), "ERR_FRAME,ERR_MACHINE_DONE", "nothing after the last step");
  rustpdf_machine_free(machine);
}

// The machine at the question of this number, from 0, or null where there are fewer.
static rustpdf_machine *at_question(int number, step *asked) {
  rustpdf_machine *machine = start(signing.start);
  *asked = next(machine, nothing);
  for (; number > 0 && strcmp(name_of(asked), "done") != 0; number--) {
    bytes answer = right_answer(&signing, asked);
    free_step(asked);
    *asked = next(machine, answer);
    free(answer.data);
  }
  if (strcmp(name_of(asked), "done") != 0) return machine;
  free_step(asked);
  rustpdf_machine_free(machine);
  return NULL;
}

// --- pointers and lengths

static rustpdf_frame next_raw(rustpdf_machine *machine, const uint8_t *data, size_t length) {
  rustpdf_frame given = {0};
  rustpdf_machine_next(machine, data, length, &given);
  return given;
}

static void null_and_huge(void) {
  const size_t lengths[] = {0, 1, 4096, PTRDIFF_MAX, (size_t)PTRDIFF_MAX + 1, SIZE_MAX};
  rustpdf_machine_free(NULL);
  rustpdf_free(NULL, 0);
  rustpdf_call(signing.start.data, signing.start.length, NULL);
  rustpdf_machine *signer = start(signing.start);
  step asked = next(signer, nothing);
  for (size_t at = 0; at < sizeof lengths / sizeof *lengths; at++) {
    for (int is_null = lengths[at] > 0 && lengths[at] <= PTRDIFF_MAX; is_null < 2; is_null++) { // a true address cannot have so many
      const uint8_t *data = is_null ? NULL : signing.start.data;
      rustpdf_machine *machine = must(rustpdf_machine_new(data, lengths[at]));
      for (int time = 0; time < 2; time++) expect_error(next(machine, nothing), "ERR_FRAME", "a start without bytes");
      rustpdf_machine_free(machine);
      rustpdf_frame given = {0};
      rustpdf_call(data, lengths[at], &given);
      expect_error(parse(given), "ERR_FRAME", "a call without bytes");
      expect_error(parse(next_raw(signer, data, lengths[at])), "ERR_FRAME", "an answer without bytes");
      expect_error(parse(next_raw(NULL, data, lengths[at])), "ERR_FRAME", "no machine");
    }
    rustpdf_free(NULL, lengths[at]);
  }
  expect_error(next(NULL, nothing), "ERR_FRAME", "no machine");
  bytes answer = right_answer(&signing, &asked);
  rustpdf_machine_next(signer, answer.data, answer.length, NULL); // nothing happens: the question is still open
  free(answer.data);
  asked = finish(&signing, signer, asked);
  expect_signed(&signing, &asked);
  free_step(&asked);
  rustpdf_machine_free(signer);
}

// --- frames that are cut

static void cut_starts(void) {
  for (size_t length = 0; length < signing.start.length; length++) {
    rustpdf_machine *machine = start(cut(signing.start, length));
    expect_error(next(machine, nothing), "ERR_FRAME", "a start that is cut");
    rustpdf_machine_free(machine);
    expect_error(call(cut(signing.start, length)), "ERR_FRAME", "a call that is cut");
  }
}

static void cut_answers(rustpdf_machine *machine, const step *asked, bytes answer) {
  size_t header = 4 + ((size_t)answer.data[2] << 8 | answer.data[3]);
  for (size_t length = 0; length < header; length++) {
    expect_error(next(machine, cut(answer, length)), "ERR_FRAME", "an answer whose header is cut");
  }
  if (strcmp(name_of(asked), "sign") == 0) return; // a signature that is cut is one: see cut_signatures
  for (size_t length = header; length < answer.length; length++) {
    expect_error(next(machine, cut(answer, length)), "ERR_FRAME,ERR_ANSWER_LENGTH", "an answer whose payload is cut");
  }
}

static void cut_signatures(void) {
  for (size_t length = 0; length < signing.signature.length; length++) {
    step asked;
    int number = 0;
    rustpdf_machine *machine = must(at_question(number, &asked));
    while (strcmp(name_of(&asked), "sign") != 0) {
      free_step(&asked);
      rustpdf_machine_free(machine);
      machine = must(at_question(++number, &asked));
    }
    bytes answer = frame(json_pack("{s:s}", "answer", "sign"), cut(signing.signature, length));
    const char *code = length == 0 ? "ERR_SIGNATURE_EMPTY" : "ERR_SIGNATURE_LENGTH";
    for (int time = 0; time < 2; time++) expect_error(next(machine, answer), code, "a signature that is cut");
    free(answer.data);
    free_step(&asked);
    rustpdf_machine_free(machine);
  }
}

// --- answers that are wrong

static const struct {
  const char *header, *codes;
} WRONG[] = {
    {"{}", "ERR_ANSWER_KIND"},
    {"{\"step\":\"done\"}", "ERR_ANSWER_KIND"},
    {"{\"answer\":\"dance\"}", "ERR_ANSWER_KIND"},
    {"{\"answer\":\"verify\",\"verified\":true}", "ERR_ANSWER_KIND"},
    {"{\"answer\":\"store\",\"results\":[]}", "ERR_ANSWER_KIND"},
    {"{\"answer\":\"store\",\"results\":[{\"length\":18446744073709551615}]}", "ERR_FRAME"},
    {"{\"answer\":\"http\",\"now\":0,\"responses\":[]}", "ERR_ANSWER_KIND"},
    {"{\"answer\":\"http\",\"now\":0,\"responses\":[{\"id\":0,\"status\":200,\"body\":18446744073709551615}]}", "ERR_FRAME"},
    {"{\"answer\":\"read\",\"ranges\":[]}", "ERR_ANSWER_LENGTH,ERR_ANSWER_KIND"},
    {"{\"answer\":\"read\",\"ranges\":[[0,1]]}", "ERR_ANSWER_LENGTH"},
    {"{\"answer\":\"read\",\"ranges\":[[0,18446744073709551615]]}", "ERR_ANSWER_LENGTH"},
    {"{\"answer\":\"read\",\"ranges\":[[18446744073709551615,0]]}", "ERR_ANSWER_LENGTH,ERR_ANSWER_KIND"},
    {"{\"answer\":\"read\",\"ranges\":[[0,18446744073709551616]]}", "ERR_FRAME"},
    {"{\"answer\":\"read\",\"ranges\":[[0,-1]]}", "ERR_FRAME"},
    {"{\"answer\":\"read\"}", "ERR_FRAME"},
    {"{\"answer\":\"digest\",\"digests\":[]}", "ERR_ANSWER_LENGTH,ERR_ANSWER_KIND"},
    {"{\"answer\":\"digest\",\"digests\":[0]}", "ERR_ANSWER_LENGTH,ERR_ANSWER_KIND"},
    {"{\"answer\":\"digest\",\"digests\":[18446744073709551615]}", "ERR_FRAME"},
    {"{\"answer\":\"failed\"}", "ERR_FRAME"},
    {"{\"answer\":\"failed\",\"kind\":\"dance\"}", "ERR_FRAME"},
    {"{\"answer\":7}", "ERR_FRAME"},
    {"[]", "ERR_FRAME"},
    {"", "ERR_FRAME"},
    {"{\"answer\":\"\xff\"}", "ERR_FRAME"},
};

static void wrong_answers(rustpdf_machine *machine, const step *asked, bytes right) {
  for (size_t at = 0; at < sizeof WRONG / sizeof *WRONG; at++) {
    bytes answer = raw_frame(WRONG[at].header);
    expect_error(next(machine, answer), WRONG[at].codes, WRONG[at].header);
    free(answer.data);
  }
  if (strcmp(name_of(asked), "sign") != 0) {
    bytes answer = frame(json_pack("{s:s}", "answer", "sign"), signing.signature);
    expect_error(next(machine, answer), "ERR_ANSWER_KIND", "a signature that was not asked for");
    free(answer.data);
  }
  // A header of 4 GB, and one of a million arrays in one another.
  uint8_t huge[8] = {0xff, 0xff, 0xff, 0xff};
  expect_error(next(machine, (bytes){huge, sizeof huge}), "ERR_FRAME", "a huge header");
  bytes deep = {must(malloc(1000004)), 1000004};
  memcpy(deep.data, "\x00\x0f\x42\x40", 4);
  memset(deep.data + 4, '[', 1000000);
  expect_error(next(machine, deep), "ERR_FRAME", "a deep header");
  free(deep.data);
  // What it asks is not an answer, and neither is a start.
  expect_error(next(machine, (bytes){asked->frame.data, asked->frame.length}), "ERR_ANSWER_KIND", "its own step");
  expect_error(next(machine, signing.start), "ERR_ANSWER_KIND", "a start as an answer");
  rustpdf_machine *other = start(signing.start);
  expect_error(next(other, right), "ERR_ANSWER_KIND", "an answer before the first question");
  rustpdf_machine_free(other);
}

static void failures(void) {
  const char *kinds[] = {"exists", "missing", "denied", "unsupported", "noSpace", "busy", "cancelled", "other"};
  step asked;
  rustpdf_machine *machine;
  for (int number = 0; (machine = at_question(number, &asked)) != NULL; number++) {
    rustpdf_machine_free(machine); // at every step
    for (size_t at = 0; at < sizeof kinds / sizeof *kinds; at++) {
      free_step(&asked);
      machine = must(at_question(number, &asked));
      bytes answer = frame(json_pack("{s:s, s:s}", "answer", "failed", "kind", kinds[at]), (bytes){NULL, 0});
      for (int time = 0; time < 2; time++) {
        step ended = next(machine, answer);
        if (json_integer_value(json_object_get(json_object_get(ended.header, "error"), "failure")) != 0) fail("another failure");
        expect_error(ended, "ERR_ANSWER_FAILED", kinds[at]);
      }
      free(answer.data);
      rustpdf_machine_free(machine);
    }
    free_step(&asked);
  }
}

// --- sessions

static bytes completion(bytes session, bytes signature) {
  bytes payload = {must(malloc(session.length + signature.length + 1)), session.length + signature.length};
  memcpy(payload.data, session.data, session.length);
  memcpy(payload.data + session.length, signature.data, signature.length);
  json_t *parts = json_pack("[{s:s, s:I}, {s:s, s:I}]", "name", "session", "length", (json_int_t)session.length, "name", "signature", "length",
                            (json_int_t)signature.length);
  bytes whole = frame(json_pack("{s:s, s:s, s:s, s:o}", "operation", "complete", "session", "session", "signature", "signature", "parts", parts),
                      payload);
  free(payload.data);
  return whole;
}

static void complete(bytes session, bytes signature, const char *codes) {
  bytes given = completion(session, signature);
  step ended = call(given);
  free(given.data);
  if (codes != NULL) {
    expect_error(ended, codes, "a completion");
  } else {
    expect_signed(&signing, &ended);
    free_step(&ended);
  }
}

static void sessions(void) {
  bytes begin = start_frame(&signing, "prepare");
  rustpdf_machine *machine = start(begin);
  step prepared = finish(&signing, machine, next(machine, nothing));
  free(begin.data);
  rustpdf_machine_free(machine); // the session outlives the machine
  bytes session = prepared.payload, other = {must(calloc(1, signing.signature.length)), signing.signature.length};
  complete(session, other, "ERR_SIGNATURE_MISMATCH");
  for (int time = 0; time < 2; time++) complete(session, signing.signature, NULL);
  complete(session, cut(signing.signature, 0), "ERR_SIGNATURE_EMPTY");
  for (size_t length = 0; length < session.length; length++) complete(cut(session, length), signing.signature, "ERR_SESSION_FORMAT");
  complete(session, signing.signature, NULL);
  bytes given = completion(session, signing.signature);
  for (size_t length = 0; length < given.length; length++) expect_error(call(cut(given, length)), "ERR_FRAME", "a completion that is cut");
  expect_error(call((bytes){prepared.frame.data, prepared.frame.length}), "ERR_FRAME", "a step as a call");
  machine = start(given); // a machine completes, too, but needs a document
  expect_error(next(machine, nothing), "ERR_FRAME", "a call as a start");
  rustpdf_machine_free(machine);
  free(given.data);
  free(other.data);
  free_step(&prepared);
}

int main(int count, char **arguments) {
  signing = load_vector();
  if (count > 1) {
    step asked;
    rustpdf_machine *machine = must(at_question(1, &asked));
    if (strcmp(arguments[1], "twice") == 0) rustpdf_free(asked.frame.data, asked.frame.length);
    free_step(&asked);
    if (strcmp(arguments[1], "leak") != 0) rustpdf_machine_free(machine);
    machine = NULL;
    free_vector(&signing);
    return 0;
  }
  null_and_huge();
  cut_starts();
  sign_with(cut_answers);
  cut_signatures();
  sign_with(wrong_answers);
  failures();
  sessions();
  free_vector(&signing);
  puts("C: every mistake is an error with a code, and loses no memory");
}
