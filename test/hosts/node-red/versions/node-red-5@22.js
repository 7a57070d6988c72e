process.env.ALLEGRO_NODE_RED = '5@22';
