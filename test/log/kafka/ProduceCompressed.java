// Writes to TOPIC, as any Java producer would: with each codec a batch of plain records, then one transaction that is kept and one
// that is aborted. java -cp "LIBS/*" ProduceCompressed.java BROKERS TOPIC
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class ProduceCompressed {
  static byte[] utf8(String text) { return text.getBytes(StandardCharsets.UTF_8); }

  static KafkaProducer<byte[], byte[]> producer(String brokers, String codec, String transactionalId) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", brokers);
    settings.put("compression.type", codec);
    // All records of a codec in one batch: it goes when it is flushed.
    settings.put("linger.ms", 60_000);
    settings.put("delivery.timeout.ms", 120_000);
    settings.put("batch.size", 1 << 20);
    if (transactionalId != null) settings.put("transactional.id", transactionalId);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static void send(KafkaProducer<byte[], byte[]> producer, String topic, String what) {
    for (int i = 0; i < 20; i++) {
      byte[] key = i == 3 ? null : i == 4 ? new byte[4] : utf8(what + " " + i);
      byte[] value = i == 5 ? null : utf8((what + " " + i + "; ").repeat(i == 6 ? 20_000 : 3));
      var record = new ProducerRecord<>(topic, 0, key, value);
      if (i % 4 == 0) record.headers().add("codec", utf8(what));
      producer.send(record);
    }
    producer.flush();
  }

  public static void main(String[] arguments) {
    String brokers = arguments[0], topic = arguments[1];
    for (String codec : List.of("gzip", "snappy", "lz4", "zstd")) {
      try (var producer = producer(brokers, codec, null)) { send(producer, topic, codec); }
      try (var producer = producer(brokers, codec, topic + "-" + codec)) {
        producer.initTransactions();
        producer.beginTransaction();
        send(producer, topic, codec + " aborted");
        producer.abortTransaction();
        producer.beginTransaction();
        send(producer, topic, codec + " kept");
        producer.commitTransaction();
      }
    }
  }
}
