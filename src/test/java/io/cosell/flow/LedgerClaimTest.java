package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.store.Database;
import io.cosell.store.StaleClaimException;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stood still makes nothing after another one has worked on its deal. */
class LedgerClaimTest {

    @Test
    void aClaimIsGoneAsSoonAsSomebodyElseWorkedOnTheDeal(@TempDir Path folder) {
        try (HikariDataSource dataSource = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            Store store = new Store(dataSource, Clock.systemUTC());
            Ledger ledger = new Ledger(store, null, null, null);
            Exchange exchange = new DefaultExchange(new DefaultCamelContext());
            exchange.setVariable("link", store.link(store.newLink("crm", "O1", "opportunity")));
            assertThatCode(() -> ledger.holdsItsClaim(exchange)).doesNotThrowAnyException();

            store.progress(store.find("O1").orElseThrow(), Store.columns("referral_id", "R1"), List.of());

            assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> ledger.holdsItsClaim(exchange));
        }
    }
}
