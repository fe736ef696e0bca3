package io.lstmstreams.topology;

/** Events of {@link io.lstmstreams.modelfile.VariedModels#fields}. */
final class FieldEvents {
    static final String BUY = event("\"buy\"", "12.5", "{\"country\":\"ch\"}", "6", "[1,2.5]");
    static final String OTHER = event("\"other\"", "3", "{\"country\":\"?\"}", "0", "[-1,0]");

    private FieldEvents() {}

    static String event(String kind, String amount, String shop, String weekday, String vector) {
        return "{\"kind\":%s,\"amount\":%s,\"shop\":%s,\"weekday\":%s,\"a/b\":%s}"
                .formatted(kind, amount, shop, weekday, vector);
    }
}
