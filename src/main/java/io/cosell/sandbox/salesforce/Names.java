package io.cosell.sandbox.salesforce;

import java.util.AbstractMap;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A map that keeps its order and finds its names without regard to case, as Salesforce finds objects and fields. Not to be changed. */
final class Names<V> extends AbstractMap<String, V> {

    private final Map<String, V> inOrder;
    private final Map<String, V> byLowerCase = new LinkedHashMap<>();

    Names(Map<String, V> inOrder) {
        this.inOrder = new LinkedHashMap<>(inOrder);
        inOrder.forEach((name, value) -> byLowerCase.put(name.toLowerCase(Locale.ROOT), value));
    }

    @Override
    public V get(Object name) {
        return byLowerCase.get(name.toString().toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean containsKey(Object name) {
        return byLowerCase.containsKey(name.toString().toLowerCase(Locale.ROOT));
    }

    @Override
    public Set<Entry<String, V>> entrySet() {
        return new LinkedHashSet<>(inOrder.entrySet());
    }

    @Override
    public Collection<V> values() {
        return inOrder.values();
    }
}
